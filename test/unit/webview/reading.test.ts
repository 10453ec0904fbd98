import { strict as assert } from 'node:assert';
import type { RunCurves } from '../../../webview/charts/curves';
import { epochsOf, movedReading, nearestEpoch, readingText } from '../../../webview/charts/reading';

function run(name: string, ...epochs: readonly number[]): RunCurves {
  const phase = { loss: 0.12345, accuracy: 0.9, seconds: 1 };
  const points = epochs.map(epoch => ({ epoch, train: phase, test: { ...phase, loss: 2 } }));
  return {
    folder: name,
    name,
    time: 0,
    status: 'completed',
    isStopping: false,
    model: '',
    epochs: 9,
    points,
  };
}

describe('reading the charts', () => {
  it('goes through the epochs that any run has', () => {
    assert.deepEqual(epochsOf([run('a', 0, 1, 2), run('b', 1, 2, 10)]), [0, 1, 2, 10]);
  });

  it('finds the epoch nearest to the pointer', () => {
    assert.deepEqual(
      [-5, 0.49, 0.51, 7, 99].map(place => nearestEpoch([0, 1, 10], place)),
      [0, 0, 1, 10, 10],
    );
    assert.equal(nearestEpoch([], 3), undefined);
  });

  const keys: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['ArrowLeft', undefined, 10],
    ['ArrowRight', undefined, 10],
    ['ArrowLeft', 10, 2],
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 2, 10],
    ['ArrowUp', 10, 10],
    ['Home', 10, 0],
    ['End', 0, 10],
    ['PageDown', 2, 0],
    ['a', 2, undefined],
  ];
  for (const [key, from, to] of keys) {
    it(`moves from ${from ?? 'nowhere'} to ${to ?? 'nowhere'} by ${key}`, () => {
      assert.equal(movedReading([0, 2, 10], from, key), to);
    });
  }

  it('says the values of one run', () => {
    assert.equal(readingText([run('a', 0)], 'loss', 0), 'Epoch 0; train 0.1235, test 2.000');
  });

  it('says which run has which values, and which epoch is its best', () => {
    const best = { ...run('b', 3), best: { epoch: 3, accuracy: 0.9 } };
    assert.equal(
      readingText([run('a', 3), best, run('c', 0)], 'accuracy', 3),
      'Epoch 3; a: train 90.00%, test 90.00%; b: train 90.00%, test 90.00%, best',
    );
  });
});
