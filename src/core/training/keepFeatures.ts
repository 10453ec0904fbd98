import { t } from '../../protocol/language';
import { asWriteError } from '../atomicWrite';
import type { Sample } from '../dataset/dataset';
import { FeatureCache, type FeatureSource } from '../engine/featureCache';
import type { FeatureLayout } from '../engine/storedFeatures';
import type { BatchOptions } from '../image/batches';
import type { Work } from '../progress';
import type { Recipe } from '../recipe/recipe';
import type { KeptFeatures } from './cachedData';
import type { FeatureComputer } from './featureComputer';
import { FeatureFile, featureFileBytes, FeatureFileWriter, type FeatureDescription } from './featureFile';
import { hashPictures, type FeatureFolder, type WantedFile } from './featureFolder';
import { inOrder } from './trainingOrder';

type View = BatchOptions['view'];

/** The task whose progress is that of the frozen layers themselves. */
export function computingFeatures(): string {
  return t('Computing features of the frozen layers');
}

/** Features of one view of one phase's pictures, and the file for them. */
export interface FeatureSet {
  readonly phase: 'train' | 'test';
  readonly samples: readonly Sample[];
  readonly view: View;
  readonly description: FeatureDescription;
  readonly file: string;
}

export interface KeepOptions {
  readonly signal: AbortSignal;
  readonly folder: FeatureFolder;
  /** Whether the features fit in memory; else they are read from their files, which must then fit on the disk. */
  readonly inMemory: boolean;
  readonly batchSize: number;
}

/** The views of a training picture that an augmentation has, or has of it kept; undefined where they are new in each epoch. */
export function viewsOf({
  augment,
  cachedViews,
  epochs,
  seed,
}: Pick<Recipe, 'augment' | 'cachedViews' | 'epochs' | 'seed'>): readonly View[] | undefined {
  switch (augment) {
    case 'none':
      return ['evaluation'];
    case 'flip':
      return ['evaluation', 'flipped'];
    case 'crop-flip':
    case 'randaugment':
      // Those of the first epochs: a run of no more epochs trains on what it would have without keeping any.
      if (cachedViews === undefined) return undefined;
      return inOrder(Math.min(cachedViews, epochs)).map(epoch => ({ augment, seed, epoch }));
  }
}

/** Names what is to be kept: a file each for every view of the training pictures, and for the test pictures. */
export async function* featureSets(
  phases: { readonly train: readonly Sample[]; readonly test: readonly Sample[] },
  views: readonly View[],
  key: string,
  layout: FeatureLayout,
  { folder, signal }: Pick<KeepOptions, 'folder' | 'signal'>,
): Work<readonly FeatureSet[]> {
  const sets: FeatureSet[] = [];
  for (const phase of ['train', 'test'] as const) {
    const samples = phases[phase];
    const pictures = yield* hashPictures(samples, signal);
    for (const view of phase === 'train' ? views : (['evaluation'] as const)) {
      const whole = JSON.stringify([key, pictures, view]);
      const description = { ...layout, key: whole, pictures: samples.length };
      sets.push({ phase, samples, view, description, file: folder.file(whole) });
    }
  }
  return sets;
}

/** The file of a set, and its bytes once it is whole. */
export function fileOf({ file, description }: FeatureSet): WantedFile {
  return { file, bytes: featureFileBytes(description) };
}

/**
 * Runs the frozen prefix once over every picture whose features no earlier run left in a file, whole or not, and leaves
 * them for later ones where the disk has room.
 */
export async function* keepFeatures(
  computer: FeatureComputer,
  sets: readonly FeatureSet[],
  options: KeepOptions,
): Work<KeptFeatures> {
  const total = sets.reduce((sum, { samples }) => sum + samples.length, 0);
  const train: FeatureSource[] = [];
  let test: FeatureSource | undefined;
  let done = 0;
  try {
    for (const set of sets) {
      const source =
        (await kept(set, options)) ?? (yield* compute(computer, set, sets, done, total, options));
      done += set.samples.length;
      if (set.phase === 'train') train.push(source);
      else test = source;
    }
  } finally {
    computer.close();
  }
  return { train, test: test! };
}

async function kept(
  { file, description }: FeatureSet,
  { folder, inMemory, signal }: KeepOptions,
): Promise<FeatureSource | undefined> {
  const cache = inMemory ? new FeatureCache(description, description.pictures) : undefined;
  const found = await FeatureFile.open(file, description, signal, cache);
  if (!found) return undefined;
  await folder.touch(file);
  if (!cache) return found;
  await found.close();
  return cache;
}

async function* compute(
  computer: FeatureComputer,
  set: FeatureSet,
  sets: readonly FeatureSet[],
  before: number,
  total: number,
  { folder, inMemory, batchSize, signal }: KeepOptions,
): Work<FeatureSource> {
  const { samples, view, description, file } = set;
  const cache = inMemory ? new FeatureCache(description, description.pictures) : undefined;
  const keep = sets.map(each => each.file);
  const hasRoom = await folder.makeRoom([fileOf(set)], keep);
  let writer = hasRoom
    ? ((await FeatureFileWriter.goOn(file, description, batchSize, signal, cache)) ??
      (await FeatureFileWriter.create(file, description)))
    : undefined;
  const write = async (action: (to: FeatureFileWriter) => Promise<void>): Promise<void> => {
    if (!writer) return;
    try {
      await action(writer);
    } catch (error) {
      await writer.abandon();
      // What is in memory as well is only not there for later runs.
      if (!cache) throw asWriteError(error, file);
      writer = undefined;
    }
  };
  const from = writer?.pictures ?? 0;
  let done = before + from;
  let isWhole = false;
  try {
    yield { task: computingFeatures(), done, total, unit: 'images' };
    for await (const { indices, features } of computer.compute(samples, view, from)) {
      cache?.put(indices, features);
      await write(to => to.append(features, indices.length));
      done += indices.length;
      yield { task: computingFeatures(), done, total, unit: 'images' };
    }
    await write(to => to.finish());
    isWhole = true;
  } finally {
    if (!isWhole) await writer?.leave();
  }
  if (cache) return cache;
  const written = await FeatureFile.open(file, description, signal);
  if (!written) throw new Error(`${file} is not as it was written`);
  return written;
}
