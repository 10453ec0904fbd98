import type { Targets } from '../engine/targets';
import type { Position } from '../run/checkpoint';
import { lossOf } from './crossEntropyLoss';

/** What the batches of a phase gave so far: the sum of losses, right answers, and samples. */
export type PhaseSums = Pick<Position, 'lossSum' | 'correct' | 'samples'>;

/** Means of loss and accuracy over the samples of a phase, batch by batch. */
export class PhaseMetrics {
  private lossSum: number;
  private correct: number;
  samples: number;

  /** Goes on from what earlier batches gave. */
  constructor(before: PhaseSums = { lossSum: 0, correct: 0, samples: 0 }) {
    ({ lossSum: this.lossSum, correct: this.correct, samples: this.samples } = before);
  }

  /** Takes a batch: log-probabilities [batch, classes], the labels, and what the loss makes of them. */
  add(logProbabilities: Float32Array, labels: readonly number[], targets: Targets): void {
    const classes = logProbabilities.length / labels.length;
    this.lossSum += lossOf(logProbabilities, targets) * labels.length;
    labels.forEach((label, row) => {
      const scores = logProbabilities.subarray(row * classes, (row + 1) * classes);
      if (argMax(scores) === label) this.correct++;
    });
    this.samples += labels.length;
  }

  get sums(): PhaseSums {
    const { lossSum, correct, samples } = this;
    return { lossSum, correct, samples };
  }

  get loss(): number {
    return this.lossSum / this.samples;
  }

  get accuracy(): number {
    return this.correct / this.samples;
  }
}

/** Index of the largest value; the first of equals, as `torch.max` gives on the CPU. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
