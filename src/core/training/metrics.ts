/** Means of cross-entropy and accuracy over the samples of a phase, batch by batch. */
export class PhaseMetrics {
  private lossSum = 0;
  private correct = 0;
  samples = 0;

  /** Takes a batch: log-probabilities [batch, classes] and the labels. */
  add(logProbabilities: Float32Array, labels: readonly number[]): void {
    const classes = logProbabilities.length / labels.length;
    labels.forEach((label, row) => {
      const scores = logProbabilities.subarray(row * classes, (row + 1) * classes);
      this.lossSum -= scores[label]!;
      if (argMax(scores) === label) this.correct++;
    });
    this.samples += labels.length;
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
