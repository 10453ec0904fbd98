import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveState, StartRequest } from '../../protocol/workerMessages';
import { readRegularFileSync } from '../regularFile';
import { isTrainingEvent } from './checkEvent';
import { isProcessIdentity, isAlive } from './processIdentity';

/** Files of a run folder that are about its process; `start` and `log` only in runs begun in an editor. */
export const liveFiles = {
  start: 'start.json',
  live: 'live.json',
  stop: 'stop',
  log: 'worker.log',
} as const;

/** Largest `live.json` and `start.json` that are read. */
const MAX_BYTES = 2 ** 22;

/** After this silence a process that cannot be looked at counts as gone. */
export const SILENT_AFTER_MS = 120_000;

/** Replaces `live.json` whole. Not flushed to the disk: after a power cut the process is gone as well. */
export function writeLiveState(folder: string, state: LiveState): void {
  const beside = join(folder, `.${liveFiles.live}.${process.pid}.tmp`);
  // Of a process that had the same number; or a link that somebody has put there.
  rmSync(beside, { force: true });
  try {
    writeFileSync(beside, JSON.stringify(state), { flag: 'wx' });
    renameSync(beside, join(folder, liveFiles.live));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

export function removeLiveState(folder: string): void {
  rmSync(join(folder, liveFiles.live), { force: true });
  rmSync(join(folder, liveFiles.stop), { force: true });
}

/** Who works on a run; undefined when nobody says so. */
export function readLiveState(folder: string): LiveState | undefined {
  const value = readJson(join(folder, liveFiles.live)) as Partial<LiveState> | undefined;
  const sound =
    typeof value?.heartbeat === 'number' &&
    isProcessIdentity(value.process) &&
    ['queued', 'preparing', 'running'].includes(value.phase ?? '');
  if (!sound) return undefined;
  const { latest, ...state } = value as LiveState;
  return latest !== undefined && isTrainingEvent(latest) ? { ...state, latest } : state;
}

/** Whether the process that wrote a state still works on the run. */
export function isWorking({ process, heartbeat }: LiveState, now: number = Date.now()): boolean {
  return isAlive(process, heartbeat, SILENT_AFTER_MS, { now });
}

/** What the editor asked for; undefined in runs of the command line. */
export function readStartRequest(folder: string): StartRequest | undefined {
  const value = readJson(join(folder, liveFiles.start)) as Partial<StartRequest> | undefined;
  const texts = [value?.name, value?.recipeFile, value?.recipe, value?.version];
  const sound = texts.every(text => typeof text === 'string') && typeof value?.requested === 'number';
  return sound && isCell(value?.cell) ? (value as StartRequest) : undefined;
}

function isCell(cell: StartRequest['cell']): boolean {
  if (cell === undefined) return true;
  if (typeof cell !== 'object' || cell === null) return false;
  return typeof cell.name === 'string' && ['string', 'undefined'].includes(typeof cell.variant);
}

/** Asks the process of a run to end after the batch in hand; a file, because every platform has those. */
export function requestStop(folder: string): void {
  try {
    // Made, never opened: in a folder that came from elsewhere it may be a link to a file of the person's.
    writeFileSync(join(folder, liveFiles.stop), '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

export function isStopRequested(folder: string): boolean {
  return existsSync(join(folder, liveFiles.stop));
}

/** An object read from a file; undefined when there is none, or none that can be read. */
function readJson(file: string): object | undefined {
  try {
    const value: unknown = JSON.parse(readRegularFileSync(file, MAX_BYTES).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
