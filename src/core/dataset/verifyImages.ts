import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import { t } from '../../protocol/language';
import { decodeImage, readImageHeader, UnreadableImageError } from '../image/decodeImage';
import { wholeView } from '../image/transforms';
import type { Work } from '../progress';
import type { SkippedImage } from './dataset';
import type { ImageFile } from './listImages';
import { imagePrint, type ImagePrint } from './imagePrint';
import { VerifiedFiles, type Finding } from './verifiedFiles';

const PROGRESS_EVERY_MS = 100;
const MOST_AT_ONCE = 8;
/** Side to which an image is brought to have all of it decoded, in pixels. */
const SIDE = 32;

/** What verifying found. */
export interface Verified {
  /** Images that cannot be read, in the order given. */
  readonly skipped: readonly SkippedImage[];
  /** Of the others what they look like in small, by file. */
  readonly prints: ReadonlyMap<string, ImagePrint>;
}

/**
 * Decodes every image once, wholly, and returns those that cannot be read and prints of the others. What was found is kept in `cacheFile`: a
 * file of the same path, size and modification time is not decoded again.
 */
export async function* verifyImages(
  images: readonly ImageFile[],
  { cacheFile, signal }: { readonly cacheFile: string; readonly signal: AbortSignal },
): Work<Verified> {
  signal.throwIfAborted();
  const verified = await VerifiedFiles.read(cacheFile);
  const suspects = new Set<ImageFile>();
  const prints = new Map<string, ImagePrint>();
  let next = 0;
  let done = 0;
  let stopped = false;
  const work = async (): Promise<void> => {
    while (!stopped && !signal.aborted && next < images.length) {
      const image = images[next++]!;
      const found = await verify(image.file, verified);
      if ('reason' in found) {
        suspects.add(image);
        continue;
      }
      prints.set(image.file, found.print);
      done++;
    }
  };
  const progress = () =>
    ({ task: t('Verifying images'), done, total: images.length, unit: 'images' }) as const;

  const workers = Math.min(images.length, MOST_AT_ONCE, Math.max(2, availableParallelism()));
  const all = Promise.all(Array.from({ length: workers }, work)).then(() => 'done' as const);
  all.catch(() => undefined);
  try {
    yield progress();
    while ((await Promise.race([all, delay(PROGRESS_EVERY_MS)])) !== 'done') {
      signal.throwIfAborted();
      yield progress();
    }
    signal.throwIfAborted();
    // libvips keeps one text of errors for all threads: alone, an image gets its own reason.
    const skipped: SkippedImage[] = [];
    for (const { file, image } of images.filter(image => suspects.has(image))) {
      signal.throwIfAborted();
      const found = await verify(file, verified, true);
      if ('reason' in found) skipped.push({ image, reason: found.reason });
      else prints.set(file, found.print);
      done++;
    }
    yield progress();
    return { skipped, prints };
  } finally {
    stopped = true;
    await all.catch(() => undefined);
    await verified.write();
  }
}

/** What a file is as an image. Why it cannot be read is kept if it is looked at `alone`. */
async function verify(file: string, verified: VerifiedFiles, alone = false): Promise<Finding> {
  try {
    const stats = await stat(file).catch(() => undefined);
    const known = stats && verified.get(file, stats);
    if (known !== undefined) return known;
    const header = await readImageHeader(file);
    const view = wholeView(header.width, header.height, SIDE);
    const pixels = await decodeImage(file, view, header);
    const found = { print: imagePrint(pixels, view.crop.width, view.crop.height) };
    if (stats) verified.set(file, stats, found);
    return found;
  } catch (error) {
    if (!(error instanceof UnreadableImageError)) throw error;
    const { reason } = error;
    const stats = await stat(file).catch(() => undefined);
    if (stats && alone && error.permanent) verified.set(file, stats, { reason });
    return { reason };
  }
}
