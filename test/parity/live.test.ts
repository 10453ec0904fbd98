import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateImages } from '../../bench/generateImages';
import { findModel, modelNames } from '../../src/core/model/catalog';
import { replaceHead } from '../../src/core/model/replaceHead';
import { stateDictShapes } from '../../src/core/model/stateDictShapes';
import { parseRecipe } from '../../src/core/recipe/parseRecipe';
import { fineTune } from '../../src/core/training/fineTune';
import { loadWeights } from '../../src/core/weights/loadWeights';
import { readSafetensors } from '../../src/core/weights/safetensors';
import { trainingFixture, trainingModels } from './fixtures';
import { hashWeights } from './hashNetwork';
import { PythonAnswers, runPython } from './python';
import { trainedState } from './trainedState';

const trainings = trainingModels.flatMap(name =>
  trainingFixture(name).runs.map(training => [name, training] as const),
);
const fixtures = join(__dirname, '../fixtures/models');

describe('PyTorch, here and now', function () {
  this.timeout(900_000);
  let folder: string;
  let checkpoints: PythonAnswers;
  before(async () => {
    checkpoints = new PythonAnswers('saveCheckpoint.py');
    folder = await mkdtemp(join(tmpdir(), 'thaw-parity-'));
    await runPython('makeFixtures.py', join(folder, 'models'));
    await runPython('makeFixtures.py', '--full', join(folder, 'full'));
  });
  after(async () => {
    await checkpoints.end();
    await rm(folder, { recursive: true, force: true });
  });

  for (const name of modelNames) {
    it(`still says of ${name} what the fixtures say`, async () => {
      const [kept, fresh] = await Promise.all(
        [fixtures, join(folder, 'models')].map(async place =>
          readFile(join(place, `${name}.json`), 'utf8').then(
            text => JSON.parse(text) as Record<string, unknown>,
          ),
        ),
      );
      const { logits: keptLogits, ...keptRest } = kept as { logits: { values: number[][] } };
      const { logits: freshLogits, ...freshRest } = fresh as { logits: { values: number[][] } };
      assert.deepEqual(freshRest, keptRest);
      const largest = Math.max(...keptLogits.values.flat().map(Math.abs));
      freshLogits.values.flat().forEach((value, i) => {
        assert.ok(Math.abs(value - keptLogits.values.flat()[i]!) < 1e-5 * largest);
      });
    });
  }

  for (const engine of ['tensorflow', 'wasm'] as const) {
    for (const [name, training] of trainings) {
      it(`has every weight of ${training.name} within 1e-4 after five steps on ${engine}`, async () => {
        const { tensors: expected } = await readSafetensors(
          join(folder, 'full', `${training.name}.safetensors`),
        );
        const found = await trainedState(name, training, engine);
        assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
        for (const [key, { data }] of expected) {
          const ours = found.get(key)!.data;
          let [worst, largest] = [0, 1];
          data.forEach((value, i) => {
            worst = Math.max(worst, Math.abs(Number(value) - Number(ours[i])));
            largest = Math.max(largest, Math.abs(Number(value)));
          });
          assert.ok(worst <= 1e-4 * largest, `${key} differs by ${worst}`);
        }
      });
    }
  }

  for (const name of ['resnet18', 'squeezenet1_1', 'mobilenet_v2', 'efficientnet_lite0', 'vgg11_bn']) {
    it(`writes a .pth of ${name} that loads here, every bit`, async () => {
      const file = join(folder, `${name}.pth`);
      await checkpoints.ask(name, 1, file);
      const { tensors } = await loadWeights(file);
      const shapes = stateDictShapes(replaceHead(findModel(name), 10).root);
      const expected = hashWeights(shapes, 1);
      assert.deepEqual([...tensors.keys()], [...shapes.keys()]);
      for (const [key, value] of expected) assert.deepEqual(tensors.get(key), value, key);
      await rm(file);
    });
  }

  for (const name of ['resnet18', 'efficientnet_lite0']) {
    it(`loads best.safetensors of ${name} strictly and predicts the same on 50 pictures`, async () => {
      const data = join(folder, 'pictures');
      await generateImages(join(data, 'train'), 16, 'train');
      await generateImages(join(data, 'test'), 50, 'test');
      const recipe = parseRecipe(JSON.stringify({ data: { folder: data }, model: name }), {
        folder,
        set: ['weights=none', 'epochs=2', 'batchSize=8'],
      });
      const out = join(folder, `run-${name}`);
      const signal = new AbortController().signal;
      for await (const event of fineTune(recipe, { workspace: folder, out, version: '0', signal }))
        void event;
      const found = JSON.parse(await runPython('checkRun.py', out)) as Record<string, number>;
      assert.deepEqual([found['pictures'], found['agree']], [50, 50]);
      assert.ok(found['difference']! < 0.01, `a probability differs by ${found['difference']}`);
    });
  }
});
