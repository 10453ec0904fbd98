import assert from 'node:assert/strict';
import type { Targets } from '../../../src/core/engine/targets';
import type { TrainingEvent } from '../../../src/protocol/trainingEvent';
import { CrossEntropyLoss } from '../../../src/core/training/crossEntropyLoss';
import type { Position } from '../../../src/core/run/checkpoint';
import {
  runEpochs,
  type BestEpoch,
  type EpochOptions,
  type PhaseData,
  type TrainableNetwork,
} from '../../../src/core/training/runEpochs';

/** A network whose probability of the right class in epoch e is `right[e]`; its input is the batch's size. */
class ScriptedNetwork implements TrainableNetwork<number> {
  readonly rates: number[] = [];
  epoch = -1;

  constructor(private readonly right: readonly number[]) {}

  trainStep(count: number, _targets: Targets, lr: number): Promise<Float32Array> {
    this.rates.push(lr);
    return Promise.resolve(this.answer(count));
  }

  evaluateStep(count: number): Promise<Float32Array> {
    return Promise.resolve(this.answer(count));
  }

  private answer(count: number): Float32Array {
    const p = this.right[this.epoch]!;
    return Float32Array.from({ length: 2 * count }, (_, i) => Math.log(i % 2 === 0 ? p : 1 - p));
  }
}

describe('runEpochs', () => {
  const sizes = [3, 2];

  async function run(right: readonly number[], changes: Partial<EpochOptions<number>> = {}) {
    const network = new ScriptedNetwork(right);
    const kept: BestEpoch[] = [];
    const events: TrainingEvent[] = [];
    async function* batches() {
      for (const size of sizes)
        yield await Promise.resolve({ input: size, labels: Array<number>(size).fill(0) });
    }
    const data: PhaseData<number> = {
      trainSamples: 5,
      testSamples: 5,
      trainBatches: epoch => {
        network.epoch = epoch;
        return batches();
      },
      testBatches: batches,
    };
    const loop = runEpochs(network, data, {
      epochs: right.length,
      batchSize: 3,
      earlyStopping: undefined,
      loss: { train: new CrossEntropyLoss(2), test: new CrossEntropyLoss(2) },
      learningRate: epoch => 1 / (epoch + 1),
      keepBest: best => void kept.push(best),
      save: () => Promise.resolve(),
      signal: new AbortController().signal,
      ...changes,
    });
    for (;;) {
      const step = await loop.next();
      if (step.done) return { status: step.value, events, kept, network };
      events.push(step.value);
    }
  }

  const phases = (events: readonly TrainingEvent[]) =>
    events.flatMap(event => (event.kind === 'phaseEnded' ? [`${event.epoch} ${event.phase}`] : []));

  it('goes on with the data of a stage from the epoch with which it begins', async () => {
    const entered: number[] = [];
    const of = (count: number) =>
      async function* () {
        yield await Promise.resolve({ input: count, labels: Array<number>(count).fill(0) });
      };
    const { events } = await run([0.6, 0.7, 0.8], {
      enter: async function* (epoch) {
        entered.push(epoch);
        if (epoch !== 1) return undefined;
        yield await Promise.resolve({ kind: 'note', message: 'more layers' });
        return { trainSamples: 2, testSamples: 2, trainBatches: of(2), testBatches: of(2) };
      },
    });
    assert.deepEqual(entered, [0, 1, 2]);
    const told = events.flatMap(event =>
      event.kind === 'note' || event.kind === 'phaseEnded' ? ['samples' in event ? event.samples : 0] : [],
    );
    assert.deepEqual(told, [5, 5, 0, 2, 2, 2, 2]);
  });

  it('leaves what was trained where a stop comes while a stage gets ready', async () => {
    const controller = new AbortController();
    const saved: string[] = [];
    const stopped = run([0.6, 0.7], {
      signal: controller.signal,
      enter: async function* (epoch) {
        if (epoch === 0) return undefined;
        controller.abort();
        yield await Promise.reject<TrainingEvent>(controller.signal.reason);
        return undefined;
      },
      save: ({ epoch, batch }, at) => Promise.resolve(void saved.push(`${at} ${epoch}.${batch}`)),
    });
    await assert.rejects(stopped, { name: 'AbortError' });
    assert.equal(saved.at(-1), 'end 1.0');
  });

  it('runs a train phase and then a test phase in each epoch', async () => {
    const { events, status } = await run([0.6, 0.7]);
    assert.deepEqual(phases(events), ['0 train', '0 test', '1 train', '1 test']);
    assert.equal(status, 'completed');
  });

  it('takes the learning rate of the epoch for all its batches', async () => {
    const { network } = await run([0.6, 0.7]);
    assert.deepEqual(network.rates, [1, 1, 0.5, 0.5]);
  });

  it('keeps an epoch only when its test accuracy beats all before it', async () => {
    const { kept, events } = await run([0.4, 0.6, 0.6, 0.3]);
    assert.deepEqual(
      kept.map(({ epoch, accuracy }) => [epoch, accuracy]),
      [
        [0, 0],
        [1, 1],
      ],
    );
    const told = events.flatMap(event => (event.kind === 'bestEpoch' ? [event.epoch] : []));
    assert.deepEqual(told, [0, 1]);
  });

  it('takes the lower test loss where accuracies are equal', async () => {
    const { kept } = await run([0.6, 0.9, 0.8, 0.95]);
    assert.deepEqual(
      kept.map(({ epoch, accuracy }) => [epoch, accuracy]),
      [
        [0, 1],
        [1, 1],
        [3, 1],
      ],
    );
  });

  it('hands over the probabilities of every test picture, in order', async () => {
    const { kept } = await run([0.75]);
    assert.equal(kept[0]!.probabilities.length, 5);
    for (const row of kept[0]!.probabilities) assert.deepEqual(Array.from(row), [0.75, 0.25]);
  });

  it('tells of the last batch of every phase', async () => {
    const { events } = await run([0.6]);
    const last = events.filter(event => event.kind === 'batchEnded' && event.batch === event.batches - 1);
    assert.equal(last.length, 2);
  });

  it('ends between two batches when it is stopped, and keeps what was best', async () => {
    const controller = new AbortController();
    const network = await run([0.6, 0.7, 0.8], {
      signal: controller.signal,
      keepBest: () => controller.abort(),
    });
    assert.equal(network.status, 'cancelled');
    assert.deepEqual(phases(network.events), ['0 train', '0 test']);
  });

  describe('where it may stop early', () => {
    // The accuracy is 1 where the right class has more than half.
    const right = [0.4, 0.6, 0.6, 0.3, 0.6, 0.9];
    const stopped = (events: readonly TrainingEvent[]) =>
      events.filter(({ kind }) => kind === 'stoppedEarly');

    it('does so after as many epochs without improvement as its patience', async () => {
      const { events, status } = await run(right, { earlyStopping: { patience: 3, minDelta: 0 } });
      assert.deepEqual(stopped(events), [{ kind: 'stoppedEarly', epoch: 4, improved: 1 }]);
      assert.equal(phases(events).at(-1), '4 test');
      assert.equal(status, 'completed');
    });

    it('takes for an improvement only what is more than minDelta', async () => {
      const { events } = await run(right, { earlyStopping: { patience: 3, minDelta: 1 } });
      assert.deepEqual(stopped(events), [{ kind: 'stoppedEarly', epoch: 3, improved: 0 }]);
    });

    it('says nothing of it where all epochs were trained', async () => {
      const { events } = await run(right.slice(0, 5), { earlyStopping: { patience: 3, minDelta: 0 } });
      assert.deepEqual(stopped(events), []);
    });

    it('goes on from a position that knows the last improvement, also where it has waited enough', async () => {
      const positions: Position[] = [];
      const earlyStopping = { patience: 2, minDelta: 0 };
      const save = (position: Position) => Promise.resolve(void positions.push(position));
      await run(right, { earlyStopping, save });
      const ends = positions.filter(({ batch }) => batch === 0);
      assert.deepEqual(
        ends.map(({ epoch, improved }) => [epoch, improved?.epoch]),
        [
          [1, 0],
          [2, 1],
          [3, 1],
          [4, 1],
          [4, 1],
        ],
      );
      const resumed = await run(right, { earlyStopping, from: { position: ends.at(-1)! } });
      assert.deepEqual(resumed.events, [{ kind: 'stoppedEarly', epoch: 3, improved: 1 }]);
      assert.equal(resumed.status, 'completed');
    });
  });

  it('says what to do when the loss is no number any more', async () => {
    await assert.rejects(run([Number.NaN]), {
      name: 'UserError',
      message: /epoch 0.*learning rate 1.*optimizer\.lr/,
    });
  });
});
