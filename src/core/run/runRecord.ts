import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type {
  BatchEndedEvent,
  ProgressEvent,
  RunEndedEvent,
  RunStartedEvent,
  TrainingEvent,
} from '../../protocol/trainingEvent';
import { addEvent } from '../../protocol/addEvent';
import { printableName } from '../../protocol/printable';
import type { LiveState, StartRequest } from '../../protocol/workerMessages';
import { EventReader } from './eventReader';
import { isStopRequested, isWorking, liveFiles, readLiveState, readStartRequest } from './liveState';
import { livenessOf } from './processIdentity';
import { runFiles } from './runFolder';

/** `preparing`: before `runStarted`. `crashed`: the process is gone and nothing says how the run ended. */
export type RunStatus = 'queued' | 'preparing' | 'running' | 'completed' | 'cancelled' | 'failed' | 'crashed';

/** What a look at a run folder brought. */
export interface RunNews {
  /** Lines that have come, and the newest passing event where there is a new one. */
  readonly events: readonly TrainingEvent[];
  readonly statusChanged: boolean;
}

/** Whether a folder looks like one that a run was written to. */
export function isRunFolder(folder: string): boolean {
  return [runFiles.events, runFiles.recipe, liveFiles.start].some(name => existsSync(join(folder, name)));
}

/** The state of a run, out of its folder alone; `refresh` reads what has come since. */
export class RunRecord {
  private readonly kept: TrainingEvent[] = [];
  private readonly reader: EventReader;
  private looking: Promise<unknown> = Promise.resolve();
  private passing: ProgressEvent | BatchEndedEvent | undefined;
  private live: LiveState | undefined;
  private silentLooks = 0;
  private current: RunStatus = 'preparing';
  private request: StartRequest | undefined;
  private begun: number;
  started: RunStartedEvent | undefined;
  ended: RunEndedEvent | undefined;

  /** `folder`: absolute. */
  constructor(readonly folder: string) {
    this.reader = new EventReader(join(folder, runFiles.events));
    this.request = readStartRequest(folder);
    this.begun = this.request?.requested ?? timeOf(folder);
  }

  /** The recipe's name, or what the folder tells of it. */
  get name(): string {
    return printableName(this.started?.name ?? this.request?.name ?? nameInFolder(this.folder));
  }

  get status(): RunStatus {
    return this.current;
  }

  /** Without those that pass quickly. */
  get events(): readonly TrainingEvent[] {
    return this.kept;
  }

  get latest(): ProgressEvent | BatchEndedEvent | undefined {
    return this.passing;
  }

  /** When the run was begun, in ms since 1970. */
  get time(): number {
    return this.begun;
  }

  /** Undefined for a run of the command line. */
  get recipeFile(): string | undefined {
    return this.request?.recipeFile;
  }

  /** Undefined for a run that no cell was run for. */
  get cell(): StartRequest['cell'] {
    return this.request?.cell;
  }

  get isLive(): boolean {
    return this.current === 'queued' || this.current === 'preparing' || this.current === 'running';
  }

  /** Whether a process could go on with what another has left undone. */
  get isResumable(): boolean {
    if (this.isLive || this.current === 'completed') return false;
    return [runFiles.recipe, liveFiles.start].some(name => existsSync(join(this.folder, name)));
  }

  /** Live, and asked to stop. */
  get isStopping(): boolean {
    return this.isLive && isStopRequested(this.folder);
  }

  /** Who works on the run, while it is live. */
  get process(): LiveState['process'] | undefined {
    return this.live?.process;
  }

  /** Reads what is new. Calls that overlap wait for one another: each event is told once. */
  refresh(): Promise<RunNews> {
    const next = this.looking.then(() => this.look());
    this.looking = next.catch(() => undefined);
    return next;
  }

  private async look(): Promise<RunNews> {
    const before = this.current;
    // Before the events: a run writes how it ended, then takes its live state away.
    const live = readLiveState(this.folder);
    const events: TrainingEvent[] = [];
    for (const event of await this.reader.read()) {
      // The end of a run that was taken for crashed and of one that was resumed comes last.
      if (event.kind === 'runStarted') this.started = event;
      if (event.kind === 'runResumed') this.ended = undefined;
      if (event.kind === 'runEnded') this.ended = event;
      addEvent(this.kept, event);
      events.push(event);
    }
    this.current = this.statusNow(live);
    this.live = live;
    if (!this.isLive) this.passing = undefined;
    else if (live?.latest && JSON.stringify(live.latest) !== JSON.stringify(this.passing)) {
      this.passing = live.latest;
      events.push(live.latest);
    }
    return { events, statusChanged: this.current !== before };
  }

  private statusNow(live: LiveState | undefined): RunStatus {
    const working = live && isWorking(live);
    // A process that prepares has not told yet that it resumes a run which has ended.
    if (this.ended && !(working && live.phase !== 'running')) return this.ended.status;
    if (!existsSync(this.folder)) return 'failed';
    if (working) this.silentLooks = 0;
    else if (this.process && livenessOf(this.process) === 'unknown' && ++this.silentLooks < SILENT_LOOKS) {
      return this.current;
    }
    if (!live || !working) return 'crashed';
    return this.started && !this.ended ? 'running' : live.phase;
  }
}

/**
 * A machine that wakes up finds old heartbeats: a run that was live is given as many looks to show itself, where the
 * system does not tell whether its process is there.
 */
const SILENT_LOOKS = 20;

const FOLDER_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-/;

/** The recipe's name, as the name of the run folder has it. */
export function nameInFolder(folder: string): string {
  return basename(folder).replace(FOLDER_TIME, '');
}

/** When a run was begun, as its folder's name or else the folder tells. */
function timeOf(folder: string): number {
  const [, day, hour, minute, second] = FOLDER_TIME.exec(basename(folder)) ?? [];
  const named = day === undefined ? NaN : new Date(`${day}T${hour}:${minute}:${second}`).getTime();
  if (Number.isFinite(named)) return named;
  try {
    return statSync(folder).mtimeMs;
  } catch {
    return 0;
  }
}
