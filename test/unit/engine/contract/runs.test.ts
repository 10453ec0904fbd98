import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingEvent } from '../../../../src/protocol/trainingEvent';
import { tensorCount } from '../../../../src/core/engine/network';
import { finish } from '../../../../src/core/progress';
import { parseRecipe } from '../../../../src/core/recipe/parseRecipe';
import { readCheckpoint } from '../../../../src/core/run/checkpoint';
import { readEvents } from '../../../../src/core/run/eventLog';
import { evaluateRun } from '../../../../src/core/training/evaluateRun';
import { fineTune } from '../../../../src/core/training/fineTune';
import { resumeRun } from '../../../../src/core/training/resumeRun';
import { TrainedModel } from '../../../../src/core/training/trainedModel';
import { tinyPictures } from '../../training/tinyPictures';
import { temporaryFolder } from '../../weights/temporaryFolder';
import { describeEngines } from './engines';

describeEngines('A run', ({ name: engine, slow }) => {
  const folder = temporaryFolder();
  before(() => tinyPictures(folder.path('two'), ['blue', 'red'], 12));

  const frozen = Array.from({ length: slow ? 12 : 1 }, (_, i) => `features.${i}`);

  /** SqueezeNet with dropout, the lower part frozen, weighted sampling, Adam, averages: all that draws or remembers. */
  async function train(
    name: string,
    seed: number,
    stopAt: (event: TrainingEvent) => boolean = () => false,
  ): Promise<string> {
    const recipe = {
      ...{ data: { folder: 'two' }, model: 'squeezenet1_1', weights: 'none', freeze: frozen },
      ...{ imageSize: 32, batchSize: 5, epochs: 3, optimizer: { type: 'adam', lr: 0.002 }, seed, engine },
      ...{ sampling: 'weighted', averaging: { decay: 0.8 } },
    };
    const out = folder.path(name);
    const controller = new AbortController();
    const options = { workspace: folder.path(), out, version: '0', signal: controller.signal };
    const parsed = parseRecipe(JSON.stringify(recipe), { folder: folder.path() });
    for await (const event of fineTune(parsed, options)) if (stopAt(event)) controller.abort();
    return out;
  }

  /** Numbers, best weights, and where it could go on from: weights and optimizer by their sha256. */
  async function resultOf(run: string) {
    const events = await readEvents(join(run, 'events.jsonl'));
    const phases = events.filter(({ kind }) => kind === 'phaseEnded');
    const numbers = phases.map(event => ({ ...event, seconds: 0 }));
    const { position, steps, weights, optimizer } = (await readCheckpoint(run))!;
    const last = { position: { ...position, seconds: 0 }, steps, weights, optimizer };
    return { numbers, weights: await readFile(join(run, 'best.safetensors')), last };
  }

  it('is the same to the last bit for the same seed, and another for another', async () => {
    const results = [];
    for (const [name, seed] of [
      ['first', 4],
      ['again', 4],
      ['other', 5],
    ] as const) {
      results.push(await resultOf(await train(name, seed)));
    }
    const [first, again, other] = results;
    assert.deepEqual(again, first);
    assert.notDeepEqual(other!.numbers, first!.numbers);
    assert.equal(tensorCount(), 0);
  });

  for (const [where, stopAt] of [
    ['within an epoch', event => event.kind === 'batchEnded' && event.epoch === 1 && event.phase === 'train'],
    ['in a test phase', event => event.kind === 'phaseEnded' && event.epoch === 1],
  ] as readonly (readonly [string, (event: TrainingEvent) => boolean])[]) {
    it(`that was stopped ${where} comes to the same bits once it is resumed`, async () => {
      const stopped = await train(`stopped ${where}`, 4, stopAt);
      assert.equal((await readCheckpoint(stopped))!.position.epoch, 1);
      const { signal } = new AbortController();
      const kinds: string[] = [];
      for await (const { kind } of resumeRun(stopped, { signal })) kinds.push(kind);
      assert.ok(kinds.includes('runResumed'));
      assert.deepEqual(await resultOf(stopped), await resultOf(folder.path('first')));
      assert.equal(tensorCount(), 0);
    });
  }

  it('leaves weights that say, once loaded, what they said', async () => {
    const run = folder.path('first');
    const events = await readEvents(join(run, 'events.jsonl'));
    const best = events.findLast(event => event.kind === 'bestEpoch')!;
    const said = events.find(
      event => event.kind === 'phaseEnded' && event.phase === 'test' && event.epoch === best.epoch,
    );
    assert.ok(said?.kind === 'phaseEnded');
    const model = await TrainedModel.open(run);
    const { signal } = new AbortController();
    const found = await finish(evaluateRun(model, run, undefined, signal));
    model.dispose();
    assert.equal(found.accuracy, said.accuracy);
    assert.ok(Math.abs(found.loss - said.loss) < 1e-5, `${found.loss}, not ${said.loss}`);
  });
});
