import { join } from 'node:path';
import { t } from '../../protocol/language';
import { someOf } from '../../protocol/someOf';
import type { Work } from '../progress';
import { nearestName } from '../recipe/nearestName';
import { UserError } from '../userError';
import { alphabetical, counted } from './alphabetical';
import {
  CORRECTIONS_FILE,
  imagesBelow,
  isImageName,
  LeftOut,
  listFolder,
  type ImageFile,
} from './listImages';

/** An image with the name of its class, and of the group it must stay with. */
export interface LabelledImage extends ImageFile {
  readonly className: string;
  readonly group?: string;
}

/** What a data folder or a file of labels holds. `test` is undefined where the split is still to be made. */
export interface LabelledImages {
  readonly train: readonly LabelledImage[];
  readonly test: readonly LabelledImage[] | undefined;
  /** Images that could not be labelled, and why. */
  readonly skipped: readonly { readonly image: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

const TRAIN_FOLDERS = ['train', 'training'];
const TEST_FOLDERS = ['test', 'val', 'valid', 'validation'];

/**
 * Finds the images of class folders, or of train/ and test/ (val/, validation/) with class folders in each. Throws a
 * UserError when the folder is missing, holds fewer than two classes, or one phase lacks a class of the other.
 * `corrections` names a file below the folder that is no image, and not left out either.
 */
export async function* scanFolder(
  folder: string,
  signal: AbortSignal,
  corrections = CORRECTIONS_FILE,
): Work<LabelledImages> {
  const { folders, files, hidden, broken } = await listFolder(folder);
  const leftOut = new LeftOut([corrections]);
  hidden.forEach(name => leftOut.addHidden(name));
  broken.forEach(name => leftOut.addBroken(name));
  const trainFolder = folderNamed(folders, TRAIN_FOLDERS);
  const testFolder = folderNamed(folders, TEST_FOLDERS);
  const notes: string[] = [];

  if (trainFolder !== undefined && testFolder !== undefined) {
    const other = folders.filter(name => name !== trainFolder && name !== testFolder);
    if (other.length > 0) {
      notes.push(t('Beside {0}/ and {1}/, these are left out: {2}', trainFolder, testFolder, someOf(other)));
    }
    const train = yield* scanPhase(folder, trainFolder, leftOut, notes, signal);
    const test = yield* scanPhase(folder, testFolder, leftOut, notes, signal);
    requireSameClasses(train, trainFolder, test, testFolder);
    requireSameClasses(test, testFolder, train, trainFolder);
    requireClasses(train, join(folder, trainFolder));
    return { train, test, skipped: [], notes: [...notes, ...leftOut.notes()] };
  }

  if (trainFolder !== undefined) {
    throw new UserError(
      t(
        'The folder {0} has {1}/ but no test/, val/ or validation/: add one, or name {2} as data.folder to hold out a share of it',
        folder,
        trainFolder,
        join(folder, trainFolder),
      ),
    );
  }
  const images = yield* scanClasses(folder, '', folders, leftOut, notes, signal);
  files.forEach(name => leftOut.addOutside(name));
  const loose = files.filter(isImageName).length;
  if (images.length === 0 && loose > 0) {
    throw new UserError(
      t(
        '{0} holds {1} but no class folders: put the images of each class in a folder of its own there, or name a file of labels in data.labels',
        folder,
        counted(loose, 'image'),
      ),
    );
  }
  requireClasses(images, folder, nearer(images, folder));
  return { train: images, test: undefined, skipped: [], notes: [...notes, ...leftOut.notes()] };
}

function folderNamed(folders: readonly string[], names: readonly string[]): string | undefined {
  return names.flatMap(name => folders.filter(folder => folder.toLowerCase() === name))[0];
}

/** Throws a UserError unless the images are of two classes at least. `hint`: what may be meant where they are of one. */
export function requireClasses(images: readonly LabelledImage[], where: string, hint = ''): void {
  const classes = [...new Set(images.map(({ className }) => className))];
  if (classes.length === 0) {
    throw new UserError(
      t(
        '{0} holds no images: put the .jpg, .png, .webp, .gif, .tif or .avif files of each class in a folder of its own there',
        where,
      ),
    );
  }
  if (classes.length === 1) {
    throw new UserError(
      t(
        '{0} holds images of only one class, {1}: at least two classes are needed{2}',
        where,
        classes[0]!,
        hint,
      ),
    );
  }
}

/** Where somebody has named a folder one above the class folders, which one is meant. */
function nearer(images: readonly LabelledImage[], where: string): string {
  const [first, ...below] = images.map(({ image }) => image.split('/'));
  if (!first || first.length < 3) return '';
  const folders = new Set([first, ...below].map(path => path.slice(0, -1).join('/')));
  if (folders.size < 2) return '';
  return t('; if {0} are classes, name {1}', [...folders].slice(0, 3).join(', '), join(where, first[0]!));
}

async function* scanPhase(
  folder: string,
  phase: string,
  leftOut: LeftOut,
  notes: string[],
  signal: AbortSignal,
): Work<LabelledImage[]> {
  const { folders, files, hidden, broken } = await listFolder(join(folder, phase));
  hidden.forEach(name => leftOut.addHidden(`${phase}/${name}`));
  broken.forEach(name => leftOut.addBroken(`${phase}/${name}`));
  files.forEach(name => leftOut.addOutside(`${phase}/${name}`));
  return yield* scanClasses(join(folder, phase), phase, folders, leftOut, notes, signal);
}

async function* scanClasses(
  folder: string,
  name: string,
  classes: readonly string[],
  leftOut: LeftOut,
  notes: string[],
  signal: AbortSignal,
): Work<LabelledImage[]> {
  const images: LabelledImage[] = [];
  const empty: string[] = [];
  for (const className of classes) {
    const before = images.length;
    const path = name === '' ? className : `${name}/${className}`;
    for await (const image of imagesBelow(join(folder, className), path, leftOut, signal)) {
      images.push({ ...image, className });
    }
    if (images.length === before) empty.push(path);
    yield { task: t('Looking for images'), done: images.length, total: undefined, unit: 'images' };
  }
  if (empty.length > 0) notes.push(t('Folders without images are left out: {0}', someOf(empty, 10)));
  return images;
}

function requireSameClasses(
  images: readonly LabelledImage[],
  phase: string,
  others: readonly LabelledImage[],
  otherPhase: string,
): void {
  if (images.length === 0) return;
  const there = new Set(others.map(({ className }) => className));
  const missing = [...new Set(images.map(({ className }) => className))].filter(name => !there.has(name));
  if (missing.length === 0) return;
  const [first] = missing.sort(alphabetical);
  const nearest = missing.length === 1 ? nearestName(first!, there) : undefined;
  const hint = nearest === undefined ? '' : t(' (it has {0})', nearest);
  const values = [someOf(missing, 10), phase, otherPhase, hint] as const;
  throw new UserError(
    missing.length === 1
      ? t('The class {0} has images in {1}/ but none in {2}/{3}: both must have every class', ...values)
      : t('The classes {0} have images in {1}/ but none in {2}/{3}: both must have every class', ...values),
  );
}
