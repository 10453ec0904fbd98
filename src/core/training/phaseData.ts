import type { Dataset, Sample } from '../dataset/dataset';
import { FeatureCache } from '../engine/featureCache';
import type { Network, NetworkInput } from '../engine/network';
import { batches, type BatchOptions } from '../image/batches';
import type { Preprocessing } from '../image/preprocessing';
import type { Work } from '../progress';
import { Random } from '../random';
import type { Recipe } from '../recipe/recipe';
import type { LabelledInput, PhaseData } from './runEpochs';

export interface PhaseDataOptions extends Pick<Recipe, 'batchSize' | 'seed' | 'augment'> {
  readonly preprocessing: Preprocessing;
  readonly signal: AbortSignal;
}

/** The order of the training pictures in an epoch: another one each time, the same for the same seed. */
export function shuffledOrder(count: number, seed: number, epoch: number): number[] {
  return new Random(seed, 'shuffle', epoch).shuffle(inOrder(count));
}

/** Pictures decoded anew in each epoch. */
export class DecodedData implements PhaseData<NetworkInput> {
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

  async *trainBatches(epoch: number): AsyncGenerator<LabelledInput<NetworkInput>> {
    const { seed, augment } = this.options;
    const order = shuffledOrder(this.trainSamples, seed, epoch);
    yield* decoded(this.dataset.train, order, { augment, seed, epoch }, this.options);
  }

  async *testBatches(): AsyncGenerator<LabelledInput<NetworkInput>> {
    yield* decoded(this.dataset.test, inOrder(this.testSamples), 'evaluation', this.options);
  }
}

/** Features of the frozen prefix, computed once: of both views of a training picture where the recipe flips. */
class CachedData implements PhaseData<NetworkInput> {
  constructor(
    private readonly dataset: Dataset,
    private readonly caches: { readonly train: readonly FeatureCache[]; readonly test: FeatureCache },
    private readonly options: PhaseDataOptions,
  ) {}

  get trainSamples(): number {
    return this.dataset.train.length;
  }

  get testSamples(): number {
    return this.dataset.test.length;
  }

  async *trainBatches(epoch: number): AsyncGenerator<LabelledInput<NetworkInput>> {
    const [plain, flipped] = this.caches.train as [FeatureCache, FeatureCache | undefined];
    const { seed } = this.options;
    const order = shuffledOrder(this.trainSamples, seed, epoch);
    yield* this.gathered(this.dataset.train, order, picture =>
      flipped && isFlipped(seed, epoch, picture) ? flipped : plain,
    );
  }

  async *testBatches(): AsyncGenerator<LabelledInput<NetworkInput>> {
    yield* this.gathered(this.dataset.test, inOrder(this.testSamples), () => this.caches.test);
  }

  private async *gathered(
    samples: readonly Sample[],
    order: readonly number[],
    pick: (picture: number) => FeatureCache,
  ): AsyncGenerator<LabelledInput<NetworkInput>> {
    const { batchSize } = this.options;
    for (let start = 0; start < order.length; start += batchSize) {
      const indices = order.slice(start, start + batchSize);
      yield {
        input: { features: FeatureCache.gather(indices, pick) },
        labels: indices.map(index => samples[index]!.label),
      };
    }
  }
}

/** Runs the frozen prefix over every picture once. `shapes`: of the activations at the plan's boundary. */
export async function* cacheFeatures(
  network: Network,
  dataset: Dataset,
  shapes: readonly (readonly number[])[],
  options: PhaseDataOptions,
): Work<PhaseData<NetworkInput>> {
  const views = viewsOf(options.augment);
  const total = views.length * dataset.train.length + dataset.test.length;
  let done = 0;
  const compute = async function* (
    samples: readonly Sample[],
    view: 'evaluation' | 'flipped',
  ): Work<FeatureCache> {
    const cache = new FeatureCache(shapes, samples.length);
    const { batchSize, preprocessing, signal } = options;
    const order = inOrder(samples.length);
    for await (const batch of batches(samples, { order, batchSize, preprocessing, view, signal })) {
      cache.put(batch.indices, await network.features(batch));
      done += batch.indices.length;
      yield { task: 'Computing features of the frozen layers', done, total, unit: 'images' };
    }
    return cache;
  };
  const train: FeatureCache[] = [];
  for (const view of views) train.push(yield* compute(dataset.train, view));
  const test = yield* compute(dataset.test, 'evaluation');
  return new CachedData(dataset, { train, test }, options);
}

/** The views of a training picture that an augmentation without random crops has. */
export function viewsOf(augment: Recipe['augment']): readonly ('evaluation' | 'flipped')[] {
  return augment === 'flip' ? ['evaluation', 'flipped'] : ['evaluation'];
}

/** Whether `flip` mirrors a picture in an epoch: the first number that the decoder would draw for it. */
function isFlipped(seed: number, epoch: number, picture: number): boolean {
  return new Random(seed, 'augment', epoch, picture).uniform() < 0.5;
}

async function* decoded(
  samples: readonly Sample[],
  order: readonly number[],
  view: BatchOptions['view'],
  { batchSize, preprocessing, signal }: PhaseDataOptions,
): AsyncGenerator<LabelledInput<NetworkInput>> {
  for await (const batch of batches(samples, { order, batchSize, preprocessing, view, signal })) {
    yield { input: batch, labels: batch.samples.map(sample => sample.label) };
  }
}

function inOrder(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
