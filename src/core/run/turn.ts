import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder } from '../cacheFolder';
import { SILENT_AFTER_MS } from './liveState';
import { identityOf, isAlive, isProcessIdentity } from './processIdentity';

const LOOK_EVERY_MS = 250;
const TOUCH_EVERY_MS = 30_000;
/** A ticket's name begins with when it was drawn, in ms, so that names are in the order of the queue. */
const TIME_DIGITS = 15;

/** A place in the queue of a machine. */
export interface Turn {
  /** Lets the next one begin. A process that ends without it lets it begin as well. */
  release(): Promise<void>;
}

/**
 * Waits until no process that came earlier trains on this machine, and holds the turn from then on. The queue is a
 * folder with a ticket for each process, so it needs no process of its own and lasts through a reload of the editor.
 * Two processes that draw tickets at the very same time may both begin: that is slower, and harmless.
 */
export async function waitForTurn(
  signal: AbortSignal,
  onWait: (ahead: number) => void = () => undefined,
  folder: string = cacheFolder('queue'),
): Promise<Turn> {
  await mkdir(folder, { recursive: true });
  const time = Math.max(Date.now(), (await lastTicketTime(folder)) + 1);
  const name = `${String(time).padStart(TIME_DIGITS, '0')}-${randomBytes(6).toString('hex')}.json`;
  const ticket = join(folder, name);
  await writeFile(`${ticket}.tmp`, JSON.stringify(identityOf()));
  await rename(`${ticket}.tmp`, ticket);
  const touching = setInterval(() => {
    const now = new Date();
    // Deleted by hand: the turn is then not seen by others, and training goes on.
    utimes(ticket, now, now).catch(() => undefined);
  }, TOUCH_EVERY_MS).unref();
  const release = async (): Promise<void> => {
    clearInterval(touching);
    await rm(ticket, { force: true });
  };
  try {
    for (let told = 0; ; await sleep(LOOK_EVERY_MS, undefined, { signal })) {
      signal.throwIfAborted();
      const ahead = await countAhead(folder, name);
      if (ahead === 0) return { release };
      if (ahead !== told) onWait((told = ahead));
    }
  } catch (error) {
    await release();
    throw error;
  }
}

/** When the last ticket was drawn; a new one goes behind it, be it in the same millisecond or by a clock set back. */
async function lastTicketTime(folder: string): Promise<number> {
  const times = (await readdir(folder))
    .filter(name => name.endsWith('.json'))
    .map(name => Number(name.slice(0, TIME_DIGITS)));
  return Math.max(0, ...times.filter(Number.isSafeInteger));
}

/** Tickets before `name` whose processes are there; those of others are thrown away. */
async function countAhead(folder: string, name: string): Promise<number> {
  const earlier = (await readdir(folder)).filter(other => other.endsWith('.json') && other < name);
  let ahead = 0;
  for (const other of earlier) {
    if (await isHeld(join(folder, other))) ahead++;
    else await rm(join(folder, other), { force: true });
  }
  return ahead;
}

async function isHeld(ticket: string): Promise<boolean> {
  try {
    const identity: unknown = JSON.parse(await readFile(ticket, 'utf8'));
    if (!isProcessIdentity(identity)) return false;
    return isAlive(identity, (await stat(ticket)).mtimeMs, SILENT_AFTER_MS);
  } catch {
    return false;
  }
}
