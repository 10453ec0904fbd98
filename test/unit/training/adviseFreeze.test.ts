import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { AdviceEvent, AdvicePlan } from '../../../src/protocol/adviceEvent';
import { tensorCount } from '../../../src/core/engine/network';
import { findModel } from '../../../src/core/model/catalog';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { adviseFreeze, type AdviseOptions } from '../../../src/core/training/adviseFreeze';
import { initialWeights } from '../../../src/core/weights/initialWeights';
import { writeSafetensors } from '../../../src/core/weights/safetensors';
import { temporaryFolder } from '../weights/temporaryFolder';
import { tinyPictures } from './tinyPictures';

describe('adviseFreeze', () => {
  const folder = temporaryFolder();
  before(async () => {
    await tinyPictures(folder.path('two'), ['blue', 'red'], 20);
    // As pretrained weights would be: a file.
    await writeSafetensors(folder.path('start.safetensors'), initialWeights(findModel('squeezenet1_1'), 1));
  });

  async function advise(
    fields: object = {},
    options: Partial<AdviseOptions> = {},
    onEvent = (_: AdviceEvent): void => undefined,
  ) {
    const recipe = {
      ...{ data: { folder: 'two' }, model: 'squeezenet1_1', weights: 'start.safetensors', imageSize: 32 },
      ...{ batchSize: 4, augment: 'none', freeze: ['features'], optimizer: { type: 'adamw', lr: 0.001 } },
      ...fields,
    };
    const parsed = parseRecipe(JSON.stringify(recipe), { folder: folder.path() });
    const events: AdviceEvent[] = [];
    const { signal } = new AbortController();
    const work = adviseFreeze(parsed, { workspace: folder.path(), epochs: 2, signal, ...options });
    for (;;) {
      const { value, done } = await work.next();
      if (done) return { events, advice: value };
      events.push(value);
      onEvent(value);
    }
  }
  const trains = (trials: readonly { readonly trains: string }[]) => trials.map(({ trains }) => trains);

  it('tries each freeze set for a few epochs and takes one, leaving neither run nor tensors', async () => {
    // A stage would unfreeze what some of them do not freeze: there are none in a trial.
    const { events, advice } = await advise({ unfreeze: [{ epoch: 1 }] });
    const { trials, take, plan } = advice;
    assert.deepEqual(trains(trials), [
      'only the new last layer',
      'the upper half',
      'everything',
      'everything, from random weights',
    ]);
    assert.deepEqual(
      trials.map(({ isRecipe }) => isRecipe),
      [true, false, false, false],
    );
    assert.equal(trials[3]!.weights, 'none');
    for (const { epochs, samples, accuracy, epochSeconds } of trials) {
      assert.deepEqual([epochs, samples], [2, 8]);
      assert.ok(accuracy >= 0 && accuracy <= 1 && epochSeconds > 0);
    }
    // What is frozen is computed once, and only there.
    assert.ok(trials[0]!.onceSeconds > 0 && trials[1]!.onceSeconds > 0);
    const best = Math.max(...trials.map(({ accuracy }) => accuracy));
    assert.equal(trials.filter(({ p }) => p === null).length, 1);
    assert.equal(trials.find(({ p }) => p === null)!.accuracy, best);
    assert.ok(take !== null && (trials[take]!.p ?? 1) >= 0.05);
    assert.deepEqual([plan.train, plan.test, plan.allTrain, plan.allTest], [32, 8, 32, 8]);
    assert.deepEqual(
      events.filter(({ kind }) => kind !== 'progress' && kind !== 'note').map(({ kind }) => kind),
      ['adviceEstimated', 'trialEnded', 'trialEnded', 'trialEnded', 'trialEnded', 'adviceGiven'],
    );
    assert.equal(tensorCount(), 0);
    assert.ok(!existsSync(folder.path('.thaw/runs')));
  });

  it('says how far it is, never going back', async () => {
    const { events } = await advise({}, { pictures: 12 });
    const compared = events.filter(event => event.kind === 'progress' && event.task.startsWith('Comparing'));
    const done = compared.map(event => (event.kind === 'progress' ? event.done : 0));
    assert.ok(compared.length >= 8);
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    );
    const details = compared.map(event => (event.kind === 'progress' ? event.detail : ''));
    assert.ok(details.includes('training the upper half: epoch 2 of 2'), details.join());
  });

  it('tries what the recipe freezes, too, where that is none of the four cases', async () => {
    const { advice } = await advise({ freeze: ['features.0'] }, { epochs: 1 });
    assert.equal(advice.trials.length, 5);
    const own = advice.trials.find(({ isRecipe }) => isRecipe)!;
    assert.deepEqual([own.trains, own.freeze], ['what the recipe does not freeze', ['features.0']]);
  });

  it('takes some of the pictures where there are more than it may, the same for each trial', async () => {
    const { advice } = await advise({}, { pictures: 12, epochs: 1 });
    const { train, test, allTrain } = advice.plan;
    assert.deepEqual([train, test, allTrain], [12, 8, 32]);
    assert.ok(advice.trials.every(({ samples }) => samples === 8));
  });

  it('says what there was no time for', async () => {
    const { advice } = await advise({}, { minutes: 0 });
    assert.equal(advice.take, null);
    for (const { epochs, problem } of advice.trials) {
      assert.equal(epochs, 0);
      assert.match(problem!, /^(The 0 min were over|There was no time left of 0 min)\.$/);
    }
    assert.equal(tensorCount(), 0);
  });

  it('goes on with the others where the loss of one runs away', async () => {
    const { advice } = await advise({ optimizer: { type: 'sgd', lr: 1e30 } });
    assert.ok(advice.trials.some(({ problem }) => problem?.startsWith('The loss stopped being a number')));
    assert.equal(advice.trials.length, 4);
    assert.equal(tensorCount(), 0);
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    const onEvent = ({ kind }: AdviceEvent): void => void (kind === 'trialEnded' && controller.abort());
    await assert.rejects(advise({}, { signal: controller.signal }, onEvent), { name: 'AbortError' });
    assert.equal(tensorCount(), 0);
  });

  it('is refused for the engine torchrun', () =>
    assert.rejects(advise({ engine: 'torchrun' }), {
      name: 'UserError',
      message: /^engine: .*--engine auto/,
    }));

  it('plans less where there is not the time for all', async () => {
    const planned = async (minutes: number): Promise<AdvicePlan> => {
      const controller = new AbortController();
      let plan: AdvicePlan | undefined;
      const onEvent = (event: AdviceEvent): void => {
        if (event.kind !== 'adviceEstimated') return;
        plan = event;
        controller.abort();
      };
      const options = { minutes, epochs: undefined, signal: controller.signal };
      await assert.rejects(advise({}, options, onEvent), { name: 'AbortError' });
      return plan!;
    };
    const [short, long] = [await planned(0.001), await planned(10)];
    assert.deepEqual([short.epochs, long.epochs], [2, 6]);
    assert.ok(short.seconds < long.seconds);
  });
});
