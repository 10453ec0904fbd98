import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportRun } from '../../src/core/export/exportRun';
import { findModel, modelNames } from '../../src/core/model/catalog';
import { preprocessingFor } from '../../src/core/model/model';
import { replaceHead } from '../../src/core/model/replaceHead';
import { stateDictShapes } from '../../src/core/model/stateDictShapes';
import { writeOnnx } from '../../src/core/onnx/onnxFile';
import { ONNX_OPSET, onnxGraph } from '../../src/core/onnx/onnxGraph';
import { finish } from '../../src/core/progress';
import type { TestPrediction } from '../../src/core/run/predictions';
import { writeSavedModel } from '../../src/core/tensorflow/savedModel';
import { tensorflowGraph } from '../../src/core/tensorflow/tensorflowGraph';
import { writeTorchCheckpoint } from '../../src/core/weights/writeTorchCheckpoint';
import { hashSource } from '../unit/export/hashSource';
import { trainedRun } from '../unit/export/trainedRun';
import { architectureFixture } from './fixtures';
import { hashPixels, hashWeights } from './hashNetwork';
import { PythonAnswers, runPython } from './python';

/** Their blocks are those of smaller models, and their weights take minutes to write and to compute. */
const repeating = /^(resnet(101|152)|vgg1[369](_bn)?)$/;

describe('what is exported, opened by others', function () {
  this.timeout(300_000);
  let folder: string;
  let onnx: PythonAnswers;
  let savedModels: PythonAnswers;
  let checkpoints: PythonAnswers;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-parity-'));
    onnx = new PythonAnswers('checkOnnx.py');
    savedModels = new PythonAnswers('runSavedModel.py');
    checkpoints = new PythonAnswers('checkCheckpoint.py');
  });
  after(async () => {
    await Promise.all([onnx, savedModels, checkpoints].map(script => script.end()));
    await rm(folder, { recursive: true, force: true });
  });

  for (const name of modelNames.filter(name => !repeating.test(name))) {
    it(`ONNX Runtime computes of ${name} what PyTorch computes`, async () => {
      const { classes, imageSize } = architectureFixture(name).logits;
      const preprocessing = preprocessingFor(findModel(name), imageSize);
      const graph = onnxGraph(hashSource(name, preprocessing));
      const file = join(folder, `${name}.onnx`);
      const metadata = { preprocessing: JSON.stringify(preprocessing) };
      await writeOnnx(file, { graph, opset: ONNX_OPSET, producer: 'thaw', metadata });
      const found = (await onnx.ask(name, classes, file)) as Record<
        'batch1' | 'batch3' | 'probabilities',
        number
      >;
      assert.ok(
        Object.values(found).every(difference => difference < 1e-5),
        JSON.stringify(found),
      );
      await rm(file);
    });

    it(`TensorFlow computes of the SavedModel of ${name} what PyTorch computed`, async () => {
      const { imageSize, values } = architectureFixture(name).logits;
      const written = join(folder, name);
      await writeSavedModel(written, tensorflowGraph(hashSource(name)), {});
      const images = join(folder, `${name}.bin`);
      const pixels = hashPixels('pixels', values.length, imageSize);
      await writeFile(images, new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
      const outputs = await savedModels.ask(written, images, imageSize);
      const { logits, probabilities } = outputs as Record<string, readonly (readonly number[])[]>;
      const largest = Math.max(...values.flat().map(Math.abs));
      for (const [row, expected] of values.entries()) {
        const sum = expected.reduce((total, logit) => total + Math.exp(logit), 0);
        for (const [i, logit] of expected.entries()) {
          assert.ok(
            Math.abs(logits![row]![i]! - logit) < 1e-5 * largest,
            `${logits![row]![i]}, not ${logit}`,
          );
          assert.ok(Math.abs(probabilities![row]![i]! - Math.exp(logit) / sum) < 1e-5 * largest);
        }
      }
      await rm(written, { recursive: true });
    });
  }

  for (const name of ['resnet18', 'squeezenet1_1', 'mobilenet_v2', 'efficientnet_lite0', 'vgg11_bn']) {
    it(`PyTorch loads a .pth of ${name} as weights only, strictly, every bit`, async () => {
      const model = replaceHead(findModel(name), 10);
      const tensors = hashWeights(stateDictShapes(model.root), 1);
      const file = join(folder, `${name}.pth`);
      await writeTorchCheckpoint(file, tensors);
      assert.deepEqual(await checkpoints.ask(name, 10, file), [tensors.size, tensors.size]);
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
      for (const format of ['pth', 'safetensors', 'onnx', 'savedmodel'] as const) {
        const file = join(folder, `${model}-${format}.${format}`);
        const { signal } = new AbortController();
        const { files } = await finish(exportRun({ run: from, format, file, force: false }, signal));
        const program = files.find(path => path.endsWith('classify.py'))!;
        const said = await runPython(program, ...predictions.map(({ file }) => file));
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
