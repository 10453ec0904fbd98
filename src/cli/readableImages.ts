import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { t } from '../protocol/language';
import { imagesBelow, LeftOut, type ImageFile } from '../core/dataset/listImages';
import { decodeImage, readImageHeader, UnreadableImageError } from '../core/image/decodeImage';
import { wholeView } from '../core/image/transforms';
import { UserError } from '../core/userError';
import type { CommandContext } from './command';

/** The images that are named and those in folders that are named: those that can be read, and how many there are in all. */
export async function readableImages(
  places: readonly string[],
  { note, progress, signal }: Pick<CommandContext, 'note' | 'progress' | 'signal'>,
): Promise<{ readonly readable: readonly ImageFile[]; readonly named: number }> {
  const readable: ImageFile[] = [];
  let named = 0;
  for await (const image of imagesOf(places, note, signal)) {
    named++;
    const problem = await problemOf(image.file);
    if (problem === undefined) readable.push(image);
    else note(t('{0} was left out: {1}', image.image, problem));
    if (named > 1) progress({ task: t('Looking'), done: named, total: undefined, unit: 'images' });
  }
  return { readable, named };
}

/** Says how many images could not be read. Returns the exit code. */
export function noteUnread(readable: number, named: number, note: (line: string) => void): number {
  if (readable === named) return 0;
  note(t('error: {0} of {1} images could not be read', named - readable, named));
  return 1;
}

/** The images that are named, and those below folders that are. */
async function* imagesOf(
  places: readonly string[],
  note: (line: string) => void,
  signal: AbortSignal,
): AsyncGenerator<ImageFile> {
  for (const place of places) {
    const found = await stat(place).catch(() => undefined);
    if (found?.isDirectory() !== true) {
      yield { file: resolve(place), image: place };
      continue;
    }
    const leftOut = new LeftOut();
    let count = 0;
    for await (const { file, image } of imagesBelow(resolve(place), '', leftOut, signal)) {
      count++;
      yield { file, image: join(place, image) };
    }
    for (const line of leftOut.notes()) note(line);
    if (count === 0) throw new UserError(t('The folder {0} has no images in it, nor in its folders.', place));
  }
}

async function problemOf(image: string): Promise<string | undefined> {
  try {
    const { width, height } = await readImageHeader(image);
    await decodeImage(image, wholeView(width, height, 1));
    return undefined;
  } catch (error) {
    if (error instanceof UnreadableImageError) return error.reason;
    throw error;
  }
}
