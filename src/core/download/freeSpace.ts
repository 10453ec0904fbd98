import { mkdir, statfs } from 'node:fs/promises';
import { t } from '../../protocol/language';
import { UserError } from '../userError';

/** Makes `folder` and refuses when its disk has less than `bytes` free. `purpose` begins the sentence: "The engine". */
export async function requireFreeSpace(folder: string, bytes: number, purpose: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new UserError(
    t(
      '{0} needs {1} in {2}, where {3} are free: ' +
        'free some disk space, or set THAW_CACHE to a folder on another disk',
      purpose,
      megabytes(bytes),
      folder,
      megabytes(free),
    ),
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}
