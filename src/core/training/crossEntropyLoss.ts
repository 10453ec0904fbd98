import type { Targets } from '../engine/targets';
import type { Mixed } from '../image/mixUp';

export interface CrossEntropyOptions {
  /** Share of each answer that is spread evenly over all classes, in [0, 1). */
  readonly labelSmoothing?: number;
  /** A weight for each class; undefined: all count the same. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * `torch.nn.CrossEntropyLoss(weight, label_smoothing)` with its mean: over the pictures, or where classes have weights
 * over the weights of the pictures' classes; of mixed pictures always over the pictures.
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

  /** What a batch of these labels is to answer; `mixed` where its pictures are. */
  targets(labels: readonly number[], mixed?: Mixed): Targets {
    if (!mixed) return this.shared([{ labels, share: 1 }]);
    const { others, share } = mixed;
    const { values } = this.shared([
      { labels, share },
      { labels: others, share: 1 - share },
    ]);
    return { values, divisor: labels.length };
  }

  private shared(
    answers: readonly { readonly labels: readonly number[]; readonly share: number }[],
  ): Targets {
    const { classes, labelSmoothing, weights } = this;
    const values = new Float32Array(answers[0]!.labels.length * classes);
    const spread = weights.map(weight => (weight * labelSmoothing) / classes);
    let divisor = 0;
    for (let row = 0; row < values.length; row += classes) values.set(spread, row);
    for (const { labels, share } of answers) {
      for (const [row, label] of labels.entries()) {
        values[row * classes + label]! += share * weights[label]! * (1 - labelSmoothing);
        divisor += share * weights[label]!;
      }
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
