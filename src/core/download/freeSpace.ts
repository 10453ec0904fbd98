import { mkdir, statfs } from 'node:fs/promises';
import { UserError } from '../userError';

/** Makes `folder` and refuses when its disk has less than `bytes` free. `purpose` begins the sentence: "The engine". */
export async function requireFreeSpace(folder: string, bytes: number, purpose: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new UserError(
    `${purpose} needs ${megabytes(bytes)} in ${folder}, where ${megabytes(free)} are free: ` +
      'free some disk space, or set THAW_CACHE to a folder on another disk',
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}
