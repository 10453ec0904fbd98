import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = '.staging-';
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * A new empty folder inside `folder` for something half made, to be renamed into place or removed. Sweeps out what a
 * killed process left there a day or more ago.
 */
export async function makeStagingFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(folder, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_AFTER_MS) await removeFolder(path);
  }
  // Not mkdtemp: what is renamed into place should be as readable as the umask lets it be.
  const staging = join(folder, `${PREFIX}${randomBytes(6).toString('hex')}`);
  await mkdir(staging);
  return staging;
}

/** Removes a folder and all below it; one that is not there is fine. Windows may hold files for a moment: retried. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
