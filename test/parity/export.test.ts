import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportRun } from '../../src/core/export/exportRun';
import { findModel, modelNames } from '../../src/core/model/catalog';
import { buildGraph } from '../../src/core/model/graph';
import { preprocessingFor } from '../../src/core/model/model';
import { replaceHead } from '../../src/core/model/replaceHead';
import { stateDictShapes } from '../../src/core/model/stateDictShapes';
import { writeOnnx } from '../../src/core/onnx/onnxFile';
import { ONNX_OPSET, onnxGraph } from '../../src/core/onnx/onnxGraph';
import { finish } from '../../src/core/progress';
import type { TestPrediction } from '../../src/core/run/predictions';
import { writeTorchCheckpoint } from '../../src/core/weights/writeTorchCheckpoint';
import { trainedRun } from '../unit/export/trainedRun';
import { architectureFixture } from './fixtures';
import { hashWeights } from './hashNetwork';

const run = promisify(execFile);
const python = process.env['THAW_PYTHON'] ?? 'python3';

async function runPython(script: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(python, [script, ...args]);
  return stdout;
}

describe('what is exported, opened by others', function () {
  this.timeout(300_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-parity-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const name of modelNames) {
    it(`ONNX Runtime computes of ${name} what PyTorch computes`, async () => {
      const { classes, gain, imageSize } = architectureFixture(name).logits;
      const model = replaceHead(findModel(name), classes);
      const preprocessing = preprocessingFor(model, imageSize);
      const tensors = hashWeights(stateDictShapes(model.root), gain);
      const graph = onnxGraph({ name, graph: buildGraph(model.root), tensors, preprocessing, classes });
      const file = join(folder, `${name}.onnx`);
      const metadata = { preprocessing: JSON.stringify(preprocessing) };
      await writeOnnx(file, { graph, opset: ONNX_OPSET, producer: 'thaw', metadata });
      const text = await runPython(join(__dirname, 'checkOnnx.py'), name, String(classes), file);
      const found = JSON.parse(text) as Record<'batch1' | 'batch3' | 'probabilities', number>;
      assert.ok(
        Object.values(found).every(difference => difference < 1e-5),
        text,
      );
      await rm(file);
    });
  }

  for (const name of ['resnet18', 'squeezenet1_1', 'mobilenet_v2', 'efficientnet_lite0', 'vgg11_bn']) {
    it(`PyTorch loads a .pth of ${name} as weights only, strictly, every bit`, async () => {
      const model = replaceHead(findModel(name), 10);
      const tensors = hashWeights(stateDictShapes(model.root), 1);
      const file = join(folder, `${name}.pth`);
      await writeTorchCheckpoint(file, tensors);
      const text = await runPython(join(__dirname, 'checkCheckpoint.py'), name, '10', file);
      assert.equal(text.trim(), `${tensors.size} ${tensors.size}`);
      await rm(file);
    });
  }

  for (const model of ['squeezenet1_1', 'efficientnet_lite0']) {
    it(`the Python programs beside an exported ${model} say what the run said`, async () => {
      const from = await trainedRun(join(folder, model), { model });
      const lines = (await readFile(join(from, 'best.predictions.jsonl'), 'utf8')).trim().split('\n');
      const predictions = lines.map(line => JSON.parse(line) as TestPrediction);
      const expected = predictions.map(({ file, predicted, probabilities }) => {
        return [file, predicted, 100 * Math.max(...probabilities)] as const;
      });
      for (const format of ['pth', 'safetensors', 'onnx'] as const) {
        const file = join(folder, `${model}-${format}.${format}`);
        const { signal } = new AbortController();
        await finish(exportRun({ run: from, format, file, force: false }, signal));
        const said = await runPython(
          file.replace(/\.\w+$/, '.classify.py'),
          ...predictions.map(({ file }) => file),
        );
        const found = said.trim().split('\n');
        assert.equal(found.length, expected.length);
        for (const [index, [picture, predicted, percent]] of expected.entries()) {
          const [, path, name, number] = /^(.*): (\w+) ([\d.]+) %$/.exec(found[index]!) ?? [];
          assert.deepEqual([path, name], [picture, predicted]);
          assert.ok(Math.abs(Number(number) - percent) < 0.2, `${format}: ${number} %, not ${percent} %`);
        }
      }
    });
  }
});
