import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Longest name of a run folder that an output may have. */
const MAX_NAME = 1_000;

/** How an output of a notebook names a run folder: relative to the notebook's folder, with `/` on every platform. */
export function nameOfRun(notebook: string, folder: string): string {
  return relative(dirname(notebook), folder).split(sep).join('/');
}

/**
 * The run folder that an output names, absolute. Undefined where it is none that a notebook may show: a notebook comes
 * from anyone, so only what is below `.thaw/runs` beside it, or in one of the `opened` folders, links followed.
 */
export async function runFolderOf(
  notebook: string,
  name: string,
  opened: readonly string[],
): Promise<string | undefined> {
  if (name === '' || name.length > MAX_NAME || name.includes('\0') || isAbsolute(name)) return undefined;
  const folder = resolve(dirname(notebook), name);
  const places = [join(dirname(notebook), '.thaw', 'runs'), ...opened];
  if (!places.some(place => isBelow(place, folder))) return undefined;
  const [real, ...realPlaces] = await Promise.all([folder, ...places].map(followed));
  // A folder that is gone is named all the same: its output tells what was there.
  if (real === undefined) return folder;
  return realPlaces.some(place => place !== undefined && isBelow(place, real)) ? folder : undefined;
}

async function followed(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

function isBelow(place: string, folder: string): boolean {
  const path = relative(place, folder);
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
