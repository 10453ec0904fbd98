import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { availableParallelism } from 'node:os';
import { decodeImage, readImageHeader, UnreadableImageError } from '../image/decodeImage';
import { wholeView } from '../image/transforms';
import type { Work } from '../progress';
import type { SkippedImage } from './dataset';
import type { ImageFile } from './listImages';
import { VerifiedFiles } from './verifiedFiles';

const PROGRESS_EVERY_MS = 100;
const MOST_AT_ONCE = 8;
/** Side to which an image is brought only to have all of it decoded, in pixels. */
const SIDE = 32;

/**
 * Decodes every image once, wholly, and returns those that cannot be read. What was found is kept in `cacheFile`: a
 * file of the same path, size and modification time is not decoded again.
 */
export async function* verifyImages(
  images: readonly ImageFile[],
  { cacheFile, signal }: { readonly cacheFile: string; readonly signal: AbortSignal },
): Work<readonly SkippedImage[]> {
  signal.throwIfAborted();
  const verified = await VerifiedFiles.read(cacheFile);
  const suspects = new Set<ImageFile>();
  let next = 0;
  let done = 0;
  let stopped = false;
  const work = async (): Promise<void> => {
    while (!stopped && !signal.aborted && next < images.length) {
      const image = images[next++]!;
      if ((await verify(image.file, verified)) === undefined) done++;
      else suspects.add(image);
    }
  };
  const progress = () => ({ task: 'Verifying images', done, total: images.length, unit: 'images' }) as const;

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
      const reason = await verify(file, verified, true);
      if (reason !== undefined) skipped.push({ image, reason });
      done++;
    }
    yield progress();
    return skipped;
  } finally {
    stopped = true;
    await all.catch(() => undefined);
    await verified.write();
  }
}

/** Why a file cannot be read as an image; undefined when it can. The reason is kept if the image is looked at `alone`. */
async function verify(file: string, verified: VerifiedFiles, alone = false): Promise<string | undefined> {
  try {
    const stats = await stat(file).catch(() => undefined);
    const known = stats && verified.get(file, stats);
    if (known !== undefined) return known === '' ? undefined : known;
    const header = await readImageHeader(file);
    await decodeImage(file, wholeView(header.width, header.height, SIDE), header);
    if (stats) verified.set(file, stats, '');
    return undefined;
  } catch (error) {
    if (!(error instanceof UnreadableImageError)) throw error;
    const stats = await stat(file).catch(() => undefined);
    if (stats && alone && error.permanent) verified.set(file, stats, error.reason);
    return error.reason;
  }
}
