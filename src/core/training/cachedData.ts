import type { Dataset, Sample } from '../dataset/dataset';
import { gatherFeatures, type FeatureSource } from '../engine/featureCache';
import type { NetworkInput } from '../engine/networkInput';
import { isFlipped, type BatchOptions } from '../image/batches';
import { OpenData, type PhaseOrder } from './phaseData';
import type { LabelledInput } from './runEpochs';

/** Features of the frozen prefix, kept: of each view of the training pictures, and of the test pictures. */
export interface KeptFeatures {
  readonly train: readonly FeatureSource[];
  readonly test: FeatureSource;
}

/** Batches of kept features. The next batch is read while one is in use. */
export class CachedData extends OpenData {
  constructor(
    dataset: Dataset,
    private readonly kept: KeptFeatures,
    options: PhaseOrder,
  ) {
    super(dataset, options);
  }

  async close(): Promise<void> {
    for (const source of [...this.kept.train, this.kept.test]) await source.close();
  }

  protected async *batches(
    samples: readonly Sample[],
    order: readonly number[],
    view: BatchOptions['view'],
  ): AsyncGenerator<LabelledInput<NetworkInput>> {
    const { batchSize, signal } = this.options;
    const read = (start: number) => {
      const drawn = order.slice(start, start + batchSize);
      if (drawn.length === 0) return undefined;
      const pictures = drawn.map(index => index % samples.length);
      const features = gatherFeatures(pictures, (_, row) => this.sourceOf(view, drawn[row]!));
      // Whoever awaits it later still sees the error.
      features.catch(() => undefined);
      return { pictures, features };
    };
    let next = read(0);
    for (let start = batchSize; next; start += batchSize) {
      const { pictures, features } = next;
      const input = { features: await features };
      signal.throwIfAborted();
      next = read(start);
      yield { input, labels: pictures.map(picture => samples[picture]!.label) };
    }
  }

  /** The features of a picture as an epoch sees it: as they are, mirrored, or of the crop whose turn it is. */
  private sourceOf(view: BatchOptions['view'], index: number): FeatureSource {
    const { train, test } = this.kept;
    if (typeof view === 'string') return test;
    if (view.augment === 'flip') return train[isFlipped(view, index) ? 1 : 0]!;
    return train[view.epoch % train.length]!;
  }
}
