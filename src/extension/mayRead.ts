import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/** What is open in the editor, and whether the person trusts it. */
export interface OpenWorkspace {
  readonly isTrusted: boolean;
  /** Absolute paths of its folders. */
  readonly folders: readonly string[];
}

/**
 * Whether the files at a path that a recipe or a run names may be looked at. Those come from anyone: in a restricted
 * workspace only what lies in it, links followed, for a look elsewhere alone could tell of it or reach another machine.
 */
export async function mayRead(path: string, { isTrusted, folders }: OpenWorkspace): Promise<boolean> {
  // A whole file system is nobody's data, and takes hours to walk through.
  if (resolve(path, '..') === resolve(path)) return false;
  if (isTrusted) return true;
  if (!folders.some(folder => isWithin(folder, path))) return false;
  const [real, ...realFolders] = await Promise.all([path, ...folders].map(followed));
  // What is not there leads nowhere else.
  return real === undefined || realFolders.some(folder => folder !== undefined && isWithin(folder, real));
}

/** Whether a path is that of a folder or of something below it, as they are written. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function followed(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}
