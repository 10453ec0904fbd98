import type { Sample } from '../dataset/dataset';
import type { Features } from '../engine/networkInput';
import type { BatchOptions } from '../image/batches';

/** What the frozen prefix made of a batch; `indices` into the samples. */
export interface FeatureBatch {
  readonly indices: readonly number[];
  readonly features: readonly Features[];
}

/** Runs the frozen prefix over pictures. */
export interface FeatureComputer {
  /** How many processes share the work. */
  readonly processes: number;
  /**
   * Batch by batch, in the order of the samples from the one at `from` on, with which a batch begins. Ends with the reason
   * of the run's signal when it aborts.
   */
  compute(samples: readonly Sample[], view: BatchOptions['view'], from: number): AsyncGenerator<FeatureBatch>;
  close(): void;
}
