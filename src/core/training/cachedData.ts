import type { Dataset, Sample } from '../dataset/dataset';
import { gatherFeatures, type FeatureSource } from '../engine/featureCache';
import type { NetworkInput } from '../engine/network';
import { Random } from '../random';
import { inOrder, shuffledOrder, type OpenData, type PhaseDataOptions } from './phaseData';
import type { LabelledInput } from './runEpochs';

/** Features of the frozen prefix, kept: of each view of the training pictures, and of the test pictures. */
export interface KeptFeatures {
  readonly train: readonly FeatureSource[];
  readonly test: FeatureSource;
}

/** Batches of kept features. The next batch is read while one is in use. */
export class CachedData implements OpenData {
  constructor(
    private readonly dataset: Dataset,
    private readonly kept: KeptFeatures,
    private readonly options: PhaseDataOptions,
  ) {}

  get trainSamples(): number {
    return this.dataset.train.length;
  }

  get testSamples(): number {
    return this.dataset.test.length;
  }

  async close(): Promise<void> {
    for (const source of [...this.kept.train, this.kept.test]) await source.close();
  }

  async *trainBatches(epoch: number): AsyncGenerator<LabelledInput<NetworkInput>> {
    const { seed, augment } = this.options;
    const { train: views } = this.kept;
    const order = shuffledOrder(this.trainSamples, seed, epoch);
    yield* this.gathered(this.dataset.train, order, picture => {
      if (augment === 'flip') return views[isFlipped(seed, epoch, picture) ? 1 : 0]!;
      return views[epoch % views.length]!;
    });
  }

  async *testBatches(): AsyncGenerator<LabelledInput<NetworkInput>> {
    yield* this.gathered(this.dataset.test, inOrder(this.testSamples), () => this.kept.test);
  }

  private async *gathered(
    samples: readonly Sample[],
    order: readonly number[],
    pick: (picture: number) => FeatureSource,
  ): AsyncGenerator<LabelledInput<NetworkInput>> {
    const { batchSize, signal } = this.options;
    const read = (start: number) => {
      const indices = order.slice(start, start + batchSize);
      if (indices.length === 0) return undefined;
      const features = gatherFeatures(indices, pick);
      // Whoever awaits it later still sees the error.
      features.catch(() => undefined);
      return { indices, features };
    };
    let next = read(0);
    for (let start = batchSize; next; start += batchSize) {
      const { indices, features } = next;
      const input = { features: await features };
      signal.throwIfAborted();
      next = read(start);
      yield { input, labels: indices.map(index => samples[index]!.label) };
    }
  }
}

/** Whether `flip` mirrors a picture in an epoch: the first number that the decoder would draw for it. */
function isFlipped(seed: number, epoch: number, picture: number): boolean {
  return new Random(seed, 'augment', epoch, picture).uniform() < 0.5;
}
