import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { LearningRateEvent } from '../../../src/protocol/learningRateEvent';
import { tensorCount } from '../../../src/core/engine/network';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { findLearningRate } from '../../../src/core/training/findLearningRate';
import { temporaryFolder } from '../weights/temporaryFolder';
import { tinyPictures } from './tinyPictures';

describe('findLearningRate', () => {
  const folder = temporaryFolder();
  before(() => tinyPictures(folder.path('two'), ['blue', 'red'], 12));

  async function find(
    fields: object,
    {
      steps = 40,
      onEvent = (_: LearningRateEvent): void => undefined,
      signal = new AbortController().signal,
    } = {},
  ) {
    const recipe = {
      ...{ data: { folder: 'two' }, model: 'squeezenet1_1', weights: 'none', imageSize: 32, batchSize: 4 },
      ...fields,
    };
    const parsed = parseRecipe(JSON.stringify(recipe), { folder: folder.path() });
    const events: LearningRateEvent[] = [];
    const work = findLearningRate(parsed, { workspace: folder.path(), steps, signal });
    for (;;) {
      const { value, done } = await work.next();
      if (done) return { events, curve: value };
      events.push(value);
      onEvent(value);
    }
  }

  for (const engine of ['tensorflow', 'wasm']) {
    it(`tries growing rates until the loss has run away, on ${engine}`, async () => {
      const { events, curve } = await find({ engine });
      const { tried, suggestion } = curve;
      assert.deepEqual(
        events.flatMap(event => (event.kind === 'learningRateTried' ? [event.lr] : [])),
        tried.map(({ lr }) => lr),
      );
      assert.ok(Math.abs(tried[0]!.lr - 1e-7) < 1e-15);
      assert.ok(tried.length > 20 && tried.length <= 40, `${tried.length}`);
      for (const [i, { lr }] of tried.slice(1).entries()) {
        assert.ok(Math.abs(lr / tried[i]!.lr - 1e8 ** (1 / 39)) < 1e-6);
      }
      const first = tried[0]!;
      assert.ok(Math.abs(first.smoothedLoss - first.loss) < 1e-9);
      assert.ok(suggestion === null || (suggestion > 1e-7 && suggestion < 10));
      assert.deepEqual(events.at(-1), { kind: 'learningRateFound', suggestion });
      assert.equal(tensorCount(), 0);
      assert.ok(!existsSync(folder.path('.thaw/runs')));
    });
  }

  it('comes to the same twice, on features that are kept where that pays', async () => {
    const frozen = { freeze: ['features'] };
    const [one, two] = [await find(frozen), await find(frozen)];
    const notes = one.events.flatMap(event => (event.kind === 'note' ? [event.message] : []));
    assert.match(notes.join(' '), /Features of the frozen layers are computed once/);
    assert.deepEqual(two.curve, one.curve);
    const { events } = await find(frozen, { steps: 5 });
    assert.ok(!events.some(event => event.kind === 'note' && event.message.startsWith('Features')));
  });

  it('ends when it is cancelled, and leaves no tensors', async () => {
    const controller = new AbortController();
    const onEvent = ({ kind }: LearningRateEvent) =>
      void (kind === 'learningRateTried' && controller.abort());
    await assert.rejects(find({}, { onEvent, signal: controller.signal }), { name: 'AbortError' });
    assert.equal(tensorCount(), 0);
  });

  it('is refused for the engine torchrun', () =>
    assert.rejects(find({ engine: 'torchrun' }), { name: 'UserError', message: /^engine: .*--engine auto/ }));
});
