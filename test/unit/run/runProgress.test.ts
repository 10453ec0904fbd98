import assert from 'node:assert/strict';
import { runProgress } from '../../../src/core/run/runProgress';
import type { PhaseEndedEvent } from '../../../src/protocol/trainingEvent';
import { batch, started } from './runFolders';

describe('the progress of a run of 4 epochs of 80 + 20 images', () => {
  const phase = (phase: 'train' | 'test', epoch: number, seconds: number): PhaseEndedEvent => ({
    ...{ kind: 'phaseEnded', phase, epoch, seconds },
    ...{ loss: 1, accuracy: 0.5, samples: 1 },
  });

  const cases: readonly [string, Parameters<typeof runProgress>, number, number | undefined][] = [
    ['before it has started', [[], undefined], 0, undefined],
    ['before its first batch', [[started], undefined], 0, undefined],
    ['half through its first train phase', [[started], batch({ batch: 4 })], 0.1, 18],
    [
      'half through the test phase after it',
      [[started, phase('train', 0, 8)], batch({ phase: 'test', batch: 4, imagesPerSecond: 100 })],
      0.225,
      3.1,
    ],
    [
      'after its first epoch, told by what that took',
      [[started, phase('train', 0, 8), phase('test', 0, 2)], undefined],
      0.25,
      30,
    ],
    [
      'where the passing event is older than the lasting one',
      [[started, phase('train', 0, 8), phase('test', 0, 2)], batch({ batch: 4 })],
      0.25,
      30,
    ],
    [
      'in its second epoch',
      [[started, phase('train', 0, 8), phase('test', 0, 2)], batch({ epoch: 1, batch: 4 })],
      0.35,
      26,
    ],
    ['at its end', [[started, phase('train', 3, 8), phase('test', 3, 2)], undefined], 1, 0],
  ];
  for (const [when, args, fraction, secondsLeft] of cases) {
    it(`is ${fraction} ${when}`, () => {
      const progress = runProgress(...args);
      assert.equal(Number(progress.fraction.toFixed(6)), fraction);
      assert.equal(progress.secondsLeft && Number(progress.secondsLeft.toFixed(6)), secondsLeft);
    });
  }
});
