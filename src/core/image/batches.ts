import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sample } from '../dataset/dataset';
import { Random } from '../random';
import { drawsCrops } from '../recipe/drawsCrops';
import type { Recipe } from '../recipe/recipe';
import { imageLost } from '../trainingProblems';
import type { Batch } from './batch';
import { decodeImage, mirror, readImageHeader, UnreadableImageError, type ImageHeader } from './decodeImage';
import type { PixelCache } from './pixelCache';
import type { Preprocessing } from './preprocessing';
import { randAugment } from './randAugment';
import { evaluationView, trainingView } from './transforms';
import type { View } from './view';

export interface BatchOptions {
  /** Indices into the samples, in the order in which they come; `index + k * samples.length` is the same sample, drawn for anew. */
  readonly order: readonly number[];
  readonly batchSize: number;
  readonly preprocessing: Preprocessing;
  /** `flipped` is the mirror image of the evaluation view. */
  readonly view: 'evaluation' | 'flipped' | Augmented;
  /** How many batches are decoded ahead of the one in hand; 2 unless told. */
  readonly prefetch?: number;
  /** Holds decoded pictures from one pass to the next, those whose view is the evaluation view or its mirror image. */
  readonly cache?: PixelCache;
  readonly signal: AbortSignal;
}

/** Random views, the same for the same seed, epoch and index of a sample. */
export interface Augmented {
  readonly augment: Recipe['augment'];
  readonly seed: number;
  readonly epoch: number;
}

/**
 * The samples as decoded batches; the last may be smaller. The following batches are being decoded while one is in
 * the caller's hands, even if the caller blocks the thread. Throws a UserError that names an image which cannot be
 * read, or the reason of the signal.
 */
export async function* batches(
  samples: readonly Sample[],
  options: BatchOptions,
): AsyncGenerator<Batch, void, void> {
  const { order, batchSize, signal, prefetch = 2 } = options;
  signal.throwIfAborted();
  const aborted = rejectionOf(signal);
  // Heads are read a batch earlier than they are needed. A decode is then one job for another thread, which no
  // blocked thread of ours holds up.
  const heads = new Map<number, Promise<readonly Head[]>>();
  const decodes = new Map<number, Promise<Batch>>();
  const indicesOf = (batch: number): readonly number[] =>
    order.slice(batch * batchSize, (batch + 1) * batchSize);
  const startHead = (batch: number): void => {
    if (batch * batchSize >= order.length || heads.has(batch)) return;
    const reading = indicesOf(batch).map(async index => await headOf(sampleAt(samples, index), options));
    heads.set(batch, settleQuietly(Promise.all(reading)));
  };
  const startDecode = (batch: number): void => {
    startHead(batch);
    const head = heads.get(batch);
    if (!head || decodes.has(batch)) return;
    decodes.set(batch, settleQuietly(decodeBatch(samples, indicesOf(batch), head, options)));
  };

  try {
    for (let batch = 0; batch * batchSize < order.length; batch++) {
      for (let ahead = 0; ahead <= prefetch; ahead++) startDecode(batch + ahead);
      startHead(batch + prefetch + 1);
      const ready = await Promise.race([decodes.get(batch)!, aborted.promise]);
      // Lets whatever has ended start what follows it before the caller may block the thread.
      await nextTurn();
      signal.throwIfAborted();
      decodes.delete(batch);
      heads.delete(batch);
      yield ready;
      signal.throwIfAborted();
    }
  } finally {
    aborted.forget();
  }
}

async function decodeBatch(
  samples: readonly Sample[],
  indices: readonly number[],
  heads: Promise<readonly Head[]>,
  options: BatchOptions,
): Promise<Batch> {
  const { preprocessing, signal } = options;
  const size = preprocessing.crop;
  const bytes = size * size * 3;
  const pixels = new Uint8Array(indices.length * bytes);
  const known = await heads;
  signal.throwIfAborted();
  await Promise.all(
    indices.map(async (index, position) => {
      const image = await picture(sampleAt(samples, index), index, known[position]!, options);
      pixels.set(image, position * bytes);
    }),
  );
  return { samples: indices.map(index => sampleAt(samples, index)), indices, pixels, size };
}

function sampleAt(samples: readonly Sample[], index: number): Sample {
  return samples[index % samples.length]!;
}

/** The head of a file, or the pixels that are known already. */
type Head = ImageHeader | Uint8Array;

async function headOf(sample: Sample, { view, cache }: BatchOptions): Promise<Head> {
  const known = isFixed(view) ? cache?.get(sample.file) : undefined;
  return known ?? (await readHead(sample));
}

async function picture(
  sample: Sample,
  index: number,
  head: Head,
  { view, preprocessing, cache }: BatchOptions,
): Promise<Uint8Array> {
  if (!cache || !isFixed(view)) {
    if (head instanceof Uint8Array) throw new Error('Pixels come from a cache alone');
    return see(sample, view, head, index, preprocessing);
  }
  let pixels = head;
  if (!(pixels instanceof Uint8Array)) {
    pixels = await decode(sample, evaluationView(pixels.width, pixels.height, preprocessing), pixels);
    cache.put(sample.file, pixels);
  }
  return isFlipped(view, index) ? mirror(pixels, preprocessing.crop) : pixels;
}

/** Whether the view is the evaluation view or its mirror image. */
function isFixed(view: BatchOptions['view']): boolean {
  return typeof view === 'string' || !drawsCrops(view.augment);
}

/** Whether a view mirrors the picture at `index`, where it is the evaluation view or its mirror image. */
export function isFlipped(view: BatchOptions['view'], index: number): boolean {
  if (typeof view === 'string') return view === 'flipped';
  return view.augment === 'flip' && new Random(view.seed, 'augment', view.epoch, index).uniform() < 0.5;
}

async function see(
  sample: Sample,
  view: BatchOptions['view'],
  head: ImageHeader,
  index: number,
  preprocessing: Preprocessing,
): Promise<Uint8Array> {
  const { width, height } = head;
  if (typeof view === 'string') {
    return decode(
      sample,
      { ...evaluationView(width, height, preprocessing), flip: view === 'flipped' },
      head,
    );
  }
  const random = new Random(view.seed, 'augment', view.epoch, index);
  const seen = trainingView(view.augment, random, width, height, preprocessing);
  const pixels = await decode(sample, seen, head);
  if (view.augment !== 'randaugment') return pixels;
  return randAugment({ pixels, width: seen.crop.width, height: seen.crop.height }, random);
}

async function readHead(sample: Sample): Promise<ImageHeader> {
  try {
    return await readImageHeader(sample.file);
  } catch (error) {
    throw named(sample, error);
  }
}

async function decode(sample: Sample, view: View, head: ImageHeader): Promise<Uint8Array> {
  try {
    return await decodeImage(sample.file, view, head);
  } catch (error) {
    throw named(sample, error);
  }
}

function named(sample: Sample, error: unknown): unknown {
  if (!(error instanceof UnreadableImageError)) return error;
  return imageLost(sample.image, error.reason);
}

/** A rejection is still seen by whoever awaits the promise, and no longer counts as unhandled until then. */
function settleQuietly<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}

function rejectionOf(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  let forget = (): void => undefined;
  const promise = settleQuietly(
    new Promise<never>((_, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      forget = () => signal.removeEventListener('abort', onAbort);
    }),
  );
  return { promise, forget };
}
