import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { identityOf, isAlive } from '../run/processIdentity';

/**
 * A file that is being written lies beside what it becomes, as `FILE.PID-PLACE-STARTED-RANDOM.tmp` (PLACE and STARTED
 * are hashes of what identifies the process), and as `FILE.left` once its process has stopped before the end.
 */
const UNFINISHED = /\.(?:left|(\d{1,10})-([0-9a-f]{8})-([0-9a-f]{8})-[0-9a-f]{8}\.tmp)$/;
/** One of a process that may be alive on another machine is taken for left after such a silence. */
const SILENT_AFTER_MS = 60_000;

/** Where this process may write what becomes `file`. */
export function writingName(file: string): string {
  const { pid, place, started = '' } = identityOf();
  return `${file}.${[pid, short(place), short(started), randomBytes(4).toString('hex')].join('-')}.tmp`;
}

/** Where what there is of `file` is left for a later pass. */
export function leftName(file: string): string {
  return `${file}.left`;
}

/** Whether a file of that name, last written at that time, is unfinished and nobody goes on with it. */
export function isLeft(name: string, writtenMs: number): boolean {
  const [found, pid, place, started] = UNFINISHED.exec(name) ?? [];
  if (found === undefined) return false;
  if (pid === undefined) return true;
  const writer = { pid: Number(pid), place: place!, started: started! };
  return !isAlive(writer, writtenMs, SILENT_AFTER_MS, { written: short });
}

/** Takes over the longest of what was left of `file`, for this process to write on: where it is now. The others go. */
export async function takeLeft(file: string): Promise<string | undefined> {
  const names = await readdir(dirname(file)).catch(() => []);
  const left: { path: string; size: number }[] = [];
  for (const name of names.filter(name => name.startsWith(`${basename(file)}.`))) {
    const path = join(dirname(file), name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isFile() && isLeft(name, stats.mtimeMs)) left.push({ path, size: stats.size });
  }
  const [longest, ...others] = left.sort((a, b) => b.size - a.size);
  if (!longest) return undefined;
  const taken = writingName(file);
  try {
    await rename(longest.path, taken);
  } catch {
    // Another process was quicker.
    return undefined;
  }
  for (const { path } of others) await rm(path, { force: true });
  return taken;
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
