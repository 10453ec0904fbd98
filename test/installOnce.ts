import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Has `install` fill a folder of the cache, unless it is there; what fails or is cut off leaves nothing in its place. */
export async function installOnce(
  folder: string,
  install: (staging: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(`${folder}-`);
  try {
    await install(staging);
    await rename(staging, folder);
  } catch (error) {
    // Another run may have been first.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
