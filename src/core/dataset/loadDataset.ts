import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { t } from '../../protocol/language';
import { someOf } from '../../protocol/someOf';
import type { Work } from '../progress';
import type { DataRecipe } from '../recipe/recipe';
import { UserError } from '../userError';
import { alphabetical } from './alphabetical';
import { correctionNotes, correctionsFile, correctionsOf, correctLabels } from './corrections';
import type { Dataset, Sample, SkippedImage } from './dataset';
import { nearDuplicateNotes } from './nearDuplicates';
import { readLabels } from './readLabels';
import { scanFolder, type LabelledImage, type LabelledImages } from './scanFolder';
import { splitDataset, type Split } from './splitDataset';
import { verifyImages } from './verifyImages';

export interface LoadOptions {
  /** Draws the split. */
  readonly seed: number;
  /** Where what is known about verified images is kept. */
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
}

/**
 * Finds, labels, verifies and splits the images of a recipe; those that cannot be read are left out before the split.
 * Throws a UserError when the folder is missing or empty, or a class is missing from a phase.
 */
export async function* loadDataset(data: DataRecipe, options: LoadOptions): Work<Dataset> {
  const { seed, cacheFolder, signal } = options;
  await requireFolder(data.folder);
  const found = data.labels
    ? yield* readLabels(data, data.labels, signal)
    : yield* scanFolder(
        data.folder,
        signal,
        relative(data.folder, correctionsFile(data)).replaceAll(sep, '/'),
      );
  const cacheFile = join(cacheFolder, 'verified', `${shortHash(data.folder)}.json`);
  const images = [...found.train, ...(found.test ?? [])];
  const { skipped: unreadable, prints } = yield* verifyImages(images, { cacheFile, signal });

  const drawn = splitReadable(found, unreadable, data, seed);
  const left = [...found.skipped, ...unreadable];
  const corrections = await correctionsOf(data);
  const corrected = corrections && correctLabels(drawn, left, corrections);
  const split = corrected?.split ?? drawn;
  const { train, test } = split;
  const classes = [...new Set(train.map(({ className }) => className))].sort(alphabetical);
  const labels = new Map(classes.map((name, label) => [name, label]));
  const sample = ({ file, image, className }: LabelledImage): Sample => ({
    file,
    image,
    label: labels.get(className)!,
  });
  return {
    classes,
    train: train.map(sample),
    test: test.map(sample),
    skipped: left.sort((a, b) => alphabetical(a.image, b.image)),
    notes: [
      ...found.notes,
      ...(corrected ? correctionNotes(corrected.counts) : []),
      ...nearDuplicateNotes(split, prints),
    ],
    corrections: corrected?.counts,
  };
}

/**
 * The number of outputs a model needs: `wanted`, or as many as there are classes. Throws a UserError that names the
 * classes when there are more of them than `wanted`.
 */
export function outputCount(classes: readonly string[], wanted: number | undefined): number {
  if (wanted === undefined) return classes.length;
  if (wanted >= classes.length) return wanted;
  throw new UserError(
    t(
      'classes is {0}, but the data has {1} classes ({2}): set classes to {1} or leave it out',
      wanted,
      classes.length,
      someOf(classes, 20),
    ),
  );
}

async function requireFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch(() => undefined);
  if (!stats) throw new UserError(t('data.folder: there is no folder {0}', folder));
  if (!stats.isDirectory())
    throw new UserError(t('data.folder: {0} is a file; it must be a folder of images', folder));
}

function splitReadable(
  found: LabelledImages,
  unreadable: readonly SkippedImage[],
  data: DataRecipe,
  seed: number,
): Split {
  const bad = new Map(unreadable.map(({ image, reason }) => [image, reason]));
  const readable = (images: readonly LabelledImage[], phase: string): readonly LabelledImage[] => {
    const kept = images.filter(({ image }) => !bad.has(image));
    requireAllClasses(images, kept, bad, phase);
    return kept;
  };
  if (!found.test) return splitDataset(readable(found.train, ''), data.test, seed);
  const order = (images: readonly LabelledImage[]): LabelledImage[] =>
    [...images].sort((a, b) => alphabetical(a.image, b.image));
  return {
    train: order(readable(found.train, t(' in the train phase'))),
    test: order(readable(found.test, t(' in the test phase'))),
  };
}

function requireAllClasses(
  before: readonly LabelledImage[],
  after: readonly LabelledImage[],
  bad: ReadonlyMap<string, string>,
  phase: string,
): void {
  const left = new Set(after.map(({ className }) => className));
  const lost = before.find(({ className }) => !left.has(className));
  if (!lost) return;
  const images = before.filter(({ className }) => className === lost.className);
  const none =
    images.length === 1 ? t('its only image cannot') : t('none of its {0} images can', images.length);
  throw new UserError(
    t(
      'The class {0} has no image left{1}: {2} be read ({3}: {4})',
      lost.className,
      phase,
      none,
      lost.image,
      bad.get(lost.image)!,
    ),
  );
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
