import { rename, rm, stat } from 'node:fs/promises';

/**
 * Puts a file or folder where another may be: a file takes the other's place at once; an old folder goes aside first,
 * beside `staged`, and comes back where that fails.
 */
export async function replaceWith(staged: string, place: string): Promise<void> {
  const aside = `${staged}.old`;
  const isFolder = (await stat(place).catch(() => undefined))?.isDirectory() ?? false;
  if (isFolder) await rename(place, aside);
  try {
    await rename(staged, place);
  } catch (error) {
    if (isFolder) await rename(aside, place);
    throw error;
  }
  if (isFolder) await rm(aside, { recursive: true, force: true, maxRetries: 5 });
}
