import type { Targets } from '../engine/targets';

export interface CrossEntropyOptions {
  /** Share of each answer that is spread evenly over all classes, in [0, 1). */
  readonly labelSmoothing?: number;
  /** A weight for each class; undefined: all count the same. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * `torch.nn.CrossEntropyLoss(weight, label_smoothing)` with its mean: over the pictures, or where classes have weights
 * over the weights of the pictures' classes.
 */
export class CrossEntropyLoss {
  private readonly labelSmoothing: number;
  private readonly weights: readonly number[];

  constructor(
    private readonly classes: number,
    { labelSmoothing = 0, weights }: CrossEntropyOptions = {},
  ) {
    this.labelSmoothing = labelSmoothing;
    this.weights = weights ?? Array<number>(classes).fill(1);
  }

  /** What a batch of these labels is to answer. */
  targets(labels: readonly number[]): Targets {
    const { classes, labelSmoothing, weights } = this;
    const values = new Float32Array(labels.length * classes);
    const spread = weights.map(weight => (weight * labelSmoothing) / classes);
    let divisor = 0;
    for (const [row, label] of labels.entries()) {
      values.set(spread, row * classes);
      values[row * classes + label]! += weights[label]! * (1 - labelSmoothing);
      divisor += weights[label]!;
    }
    // Of pictures whose classes all weigh nothing, nothing is learned; torch would divide by zero.
    return { values, divisor: divisor || 1 };
  }
}

/** The loss of a batch: log-probabilities [pictures, classes] against what it was to answer. */
export function lossOf(logProbabilities: Float32Array, { values, divisor }: Targets): number {
  let sum = 0;
  // A class that nobody asks for may be impossible, and its logarithm infinite.
  values.forEach((value, i) => value !== 0 && (sum -= value * logProbabilities[i]!));
  return sum / divisor;
}
