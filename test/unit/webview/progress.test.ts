import { strict as assert } from 'node:assert';
import type { Phase } from '../../../src/protocol/trainingEvent';
import type { EpochPoint, RunCurves } from '../../../webview/charts/curves';
import { progressOf, secondsLeft } from '../../../webview/charts/progress';

function run(changes: Partial<RunCurves> = {}): RunCurves {
  return {
    ...{
      folder: '/runs/1',
      name: 'insects',
      time: 0,
      status: 'running',
      isStopping: false,
      model: 'vgg16',
      epochs: 10,
      points: [],
    },
    ...changes,
  };
}

/** Epochs whose train phase took 8 s and whose test phase took 2 s. */
function epochs(count: number): readonly EpochPoint[] {
  return Array.from({ length: count }, (_, epoch) => ({
    epoch,
    train: { loss: 1, accuracy: 0, seconds: 8 },
    test: { loss: 1, accuracy: 0, seconds: 2 },
  }));
}

function batch(epoch: number, phase: Phase, done: number, batches: number): RunCurves['batch'] {
  return {
    ...{ kind: 'batchEnded', epoch, phase, batch: done - 1, batches, loss: 1, accuracy: 0 },
    imagesPerSecond: 63.21,
  };
}

describe('the progress of a run', () => {
  const cases: readonly (readonly [string, RunCurves, string, number | undefined])[] = [
    ['waits', run({ status: 'queued' }), 'Waiting for another run to end', undefined],
    ['prepares', run({ status: 'preparing' }), 'Preparing', undefined],
    [
      'verifies pictures',
      run({
        status: 'preparing',
        work: { kind: 'progress', task: 'Verifying images', done: 1500, total: 6000, unit: 'images' },
      }),
      'Verifying images: 1,500 of 6,000',
      0.25,
    ],
    [
      'computes features for so much longer',
      run({
        status: 'preparing',
        work: {
          ...{ kind: 'progress', task: 'Computing features', done: 1500, total: 6000, unit: 'images' },
          secondsLeft: 76,
        },
      }),
      'Computing features: 1,500 of 6,000 · about 1 min 16 s left',
      0.25,
    ],
    [
      'fetches weights of unknown size',
      run({
        status: 'preparing',
        work: { kind: 'progress', task: 'Fetching weights', done: 5e6, total: undefined, unit: 'bytes' },
      }),
      'Fetching weights: 5.0 MB',
      undefined,
    ],
    ['begins', run(), 'Epoch 0/9', 0],
    [
      'trains its first epoch, whose length nobody knows',
      run({ batch: batch(0, 'train', 4, 8) }),
      'Epoch 0/9 · train · batch 4 of 8 · 63.2 images/s',
      0.045,
    ],
    [
      'trains',
      run({ points: epochs(2), batch: batch(2, 'train', 4, 8) }),
      'Epoch 2/9 · train · batch 4 of 8 · 63.2 images/s · about 1 min 16 s left',
      0.24,
    ],
    [
      'tests',
      run({
        points: [...epochs(2), { epoch: 2, train: { loss: 1, accuracy: 0, seconds: 8 } }],
        batch: batch(2, 'test', 1, 2),
      }),
      'Epoch 2/9 · test · batch 1 of 2 · 63.2 images/s · about 1 min 11 s left',
      0.29,
    ],
    ['is known by its epochs alone', run({ points: epochs(9) }), 'Epoch 9/9 · about 10 s left', 0.9],
    ['is stopping', run({ isStopping: true, points: epochs(2) }), 'Stopping', undefined],
    ['is complete', run({ status: 'completed', seconds: 3725 }), 'Completed after 1 h 2 min', 1],
    ['was stopped', run({ status: 'cancelled', seconds: 59.6 }), 'Stopped after 1 min 0 s', 1],
    [
      'has failed',
      run({ status: 'failed', seconds: 12, message: 'The disk is full.' }),
      'Failed after 12 s: The disk is full.',
      1,
    ],
    ['has crashed', run({ status: 'crashed' }), 'The training process ended unexpectedly', 1],
  ];
  for (const [what, curves, text, share] of cases) {
    it(`tells that it ${what}`, () => {
      const progress = progressOf(curves);
      assert.equal(progress.text, text);
      assert.equal(progress.share && Number(progress.share.toFixed(9)), share);
    });
  }

  it('takes the time left from the latest three epochs', () => {
    const slow = { loss: 1, accuracy: 0, seconds: 1000 };
    const points = epochs(4).map((point, epoch) => (epoch === 0 ? { ...point, train: slow } : point));
    assert.equal(secondsLeft(run({ points })), 60);
  });
});
