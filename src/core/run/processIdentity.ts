import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../../protocol/workerMessages';

/** Who a process of this machine is: this one unless told. */
export function identityOf(pid: number = process.pid): ProcessIdentity {
  const started = startOf(pid)?.time;
  return { pid, place: thisPlace(), ...(started === undefined ? {} : { started }) };
}

/**
 * Whether a process is still there. `unknown` where the number cannot settle it: it belongs to another machine or
 * container, or it is taken and the system does not tell since when, as on macOS and Windows. `written` is how its place
 * and start were put into fewer characters.
 */
export function livenessOf(
  { pid, place, started }: ProcessIdentity,
  written: (text: string) => string = text => text,
): 'alive' | 'dead' | 'unknown' {
  if (place !== written(thisPlace())) return 'unknown';
  if (!isTaken(pid)) return 'dead';
  const now = startOf(pid);
  if (!now || started === undefined) return 'unknown';
  return written(now.time) === started && !now.ended ? 'alive' : 'dead';
}

/**
 * Whether a process is still there; where that is unknown, whether its last sign of life, in ms since 1970, is less than
 * `silentAfterMs` ago. `written` as of `livenessOf`.
 */
export function isAlive(
  identity: ProcessIdentity,
  lastSignMs: number,
  silentAfterMs: number,
  { now = Date.now(), written }: { readonly now?: number; readonly written?: (text: string) => string } = {},
): boolean {
  const liveness = livenessOf(identity, written);
  return liveness === 'unknown' ? now - lastSignMs < silentAfterMs : liveness === 'alive';
}

/** Whether a value read from a file names a process. */
export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, place } = value as Partial<ProcessIdentity>;
  return Number.isSafeInteger(pid) && pid! > 0 && typeof place === 'string';
}

function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

let place: string | undefined;

function thisPlace(): string {
  return (place ??= `${hostname()} ${numbering()}`.trim());
}

/** Containers on one machine may share its name, but count their processes apart. */
function numbering(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Position of the state and of the start time among the fields after the program's name in `/proc/PID/stat`. */
const STATE = 0;
const START_TIME = 19;

/** Linux only. The time counts from the boot, so the boot is part of it. `ended`: gone, but nobody has asked how. */
function startOf(pid: number): { readonly time: string; readonly ended: boolean } | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name is in brackets and may hold anything, brackets included.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const time = fields[START_TIME];
    return time === undefined
      ? undefined
      : { time: `${boot} ${time}`, ended: ['Z', 'X'].includes(fields[STATE]!) };
  } catch {
    return undefined;
  }
}
