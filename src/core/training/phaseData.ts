import type { Dataset, Sample } from '../dataset/dataset';
import type { NetworkInput } from '../engine/networkInput';
import { batches, type BatchOptions } from '../image/batches';
import type { PixelCache } from '../image/pixelCache';
import type { Preprocessing } from '../image/preprocessing';
import type { Recipe } from '../recipe/recipe';
import type { LabelledInput, PhaseData } from './runEpochs';
import { mixLabels, mixPictures } from '../image/mixUp';
import { Random } from '../random';
import { inOrder, shuffledOrder, weightedOrder } from './trainingOrder';

/** How the pictures of a phase come in batches. */
export interface PhaseOrder extends Pick<Recipe, 'batchSize' | 'seed' | 'augment' | 'sampling'> {
  readonly signal: AbortSignal;
}

export interface PhaseDataOptions extends PhaseOrder, Pick<Recipe, 'mixup'> {
  readonly preprocessing: Preprocessing;
  /** Decoded pictures from one epoch to the next. */
  readonly cache: PixelCache;
}

type Batches = AsyncGenerator<LabelledInput<NetworkInput>>;

/** The pictures of both phases, to be closed by whoever opened them. */
export abstract class OpenData<Options extends PhaseOrder = PhaseOrder> implements PhaseData<NetworkInput> {
  constructor(
    private readonly dataset: Dataset,
    protected readonly options: Options,
  ) {}

  get trainSamples(): number {
    return this.dataset.train.length;
  }

  get testSamples(): number {
    return this.dataset.test.length;
  }

  trainBatches(epoch: number, first: number): Batches {
    const { seed, augment, batchSize, sampling } = this.options;
    const { train } = this.dataset;
    const order =
      sampling === 'weighted' ? weightedOrder(train, seed, epoch) : shuffledOrder(train.length, seed, epoch);
    return this.batches(train, order.slice(first * batchSize), { augment, seed, epoch });
  }

  testBatches(): Batches {
    return this.batches(this.dataset.test, inOrder(this.testSamples), 'evaluation');
  }

  abstract close(): Promise<void>;

  protected abstract batches(
    samples: readonly Sample[],
    order: readonly number[],
    view: BatchOptions['view'],
  ): Batches;
}

/** Pictures decoded anew in each epoch. */
export class DecodedData extends OpenData<PhaseDataOptions> {
  async close(): Promise<void> {
    // Nothing stays open between batches.
  }

  override async *trainBatches(epoch: number, first: number): Batches {
    const { mixup, seed, preprocessing } = this.options;
    let batch = first;
    for await (const { input, labels } of super.trainBatches(epoch, first)) {
      if (!mixup || !('pixels' in input) || input.pixels instanceof Float32Array) {
        yield { input, labels };
        continue;
      }
      const share = new Random(seed, 'mixup', epoch, batch++).symmetricBeta(mixup.alpha);
      const pixels = mixPictures(input.pixels, labels.length, share, preprocessing);
      yield { input: { pixels, size: input.size }, ...mixLabels(labels, share) };
    }
  }

  protected async *batches(
    samples: readonly Sample[],
    order: readonly number[],
    view: BatchOptions['view'],
  ): Batches {
    const { batchSize, preprocessing, cache, signal } = this.options;
    for await (const batch of batches(samples, { order, batchSize, preprocessing, view, cache, signal })) {
      yield { input: batch, labels: batch.samples.map(sample => sample.label) };
    }
  }
}
