import type { Dataset, Sample } from '../dataset/dataset';
import type { NetworkInput } from '../engine/network';
import { batches, type BatchOptions } from '../image/batches';
import type { PixelCache } from '../image/pixelCache';
import type { Preprocessing } from '../image/preprocessing';
import { Random } from '../random';
import type { Recipe } from '../recipe/recipe';
import type { LabelledInput, PhaseData } from './runEpochs';

export interface PhaseDataOptions extends Pick<Recipe, 'batchSize' | 'seed' | 'augment'> {
  readonly preprocessing: Preprocessing;
  /** Decoded pictures from one epoch to the next. */
  readonly cache: PixelCache;
  readonly signal: AbortSignal;
}

/** The order of the training pictures in an epoch: another one each time, the same for the same seed. */
export function shuffledOrder(count: number, seed: number, epoch: number): number[] {
  return new Random(seed, 'shuffle', epoch).shuffle(inOrder(count));
}

/** The pictures of both phases, to be closed by whoever opened them. */
export interface OpenData extends PhaseData<NetworkInput> {
  close(): Promise<void>;
}

/** Pictures decoded anew in each epoch. */
export class DecodedData implements OpenData {
  constructor(
    private readonly dataset: Dataset,
    private readonly options: PhaseDataOptions,
  ) {}

  get trainSamples(): number {
    return this.dataset.train.length;
  }

  get testSamples(): number {
    return this.dataset.test.length;
  }

  async close(): Promise<void> {
    // Nothing stays open between batches.
  }

  async *trainBatches(epoch: number): AsyncGenerator<LabelledInput<NetworkInput>> {
    const { seed, augment } = this.options;
    const order = shuffledOrder(this.trainSamples, seed, epoch);
    yield* decoded(this.dataset.train, order, { augment, seed, epoch }, this.options);
  }

  async *testBatches(): AsyncGenerator<LabelledInput<NetworkInput>> {
    yield* decoded(this.dataset.test, inOrder(this.testSamples), 'evaluation', this.options);
  }
}

async function* decoded(
  samples: readonly Sample[],
  order: readonly number[],
  view: BatchOptions['view'],
  { batchSize, preprocessing, cache, signal }: PhaseDataOptions,
): AsyncGenerator<LabelledInput<NetworkInput>> {
  for await (const batch of batches(samples, { order, batchSize, preprocessing, view, cache, signal })) {
    yield { input: batch, labels: batch.samples.map(sample => sample.label) };
  }
}

/** 0, 1, ... up to `count`. */
export function inOrder(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
