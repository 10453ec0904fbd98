import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import type { LiveState } from '../../protocol/workerMessages';
import { EventLog } from './eventLog';
import { isStopRequested, removeLiveState, writeLiveState } from './liveState';
import { identityOf } from './processIdentity';
import { requireNoLinks } from './requireNoLinks';
import { folderDeleted, runFiles } from './runFolder';
import { TensorboardLog } from './tensorboardLog';

const LOOK_EVERY_MS = 200;
const LIVE_STATE_AT_MOST_EVERY_MS = 125;
const HEARTBEAT_EVERY_MS = 1_000;

interface Opened {
  readonly folder: string;
  readonly log: EventLog;
  readonly tensorboard: TensorboardLog;
  readonly timer: NodeJS.Timeout;
}

/**
 * Writes what happens in a run to its folder: events to `events.jsonl`, those that pass quickly to `live.json`; and
 * hears there when the run is to stop. Before it is opened on a folder it keeps what it is told.
 */
export class RunRecorder {
  private readonly early: TrainingEvent[] = [];
  private readonly stop = new AbortController();
  private opened: Opened | undefined;
  private state: LiveState = { process: identityOf(), phase: 'preparing', heartbeat: 0 };
  private stale = false;

  /** Aborted when the run is asked to stop. */
  readonly stopped: AbortSignal = this.stop.signal;

  /** The run folder; undefined before `open`. */
  get folder(): string | undefined {
    return this.opened?.folder;
  }

  /** Begins to write into a run folder that has been made. */
  open(folder: string, phase: LiveState['phase'] = 'preparing'): void {
    requireNoLinks(folder);
    const log = new EventLog(join(folder, runFiles.events));
    const timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
    this.opened = { folder, log, tensorboard: new TensorboardLog(folder), timer };
    for (const event of this.early.splice(0)) log.append(event);
    this.enter(phase);
  }

  /** Tells those who look on what the run is at. */
  enter(phase: LiveState['phase']): void {
    const { process } = this.state;
    this.state = { process, phase, heartbeat: 0 };
    this.writeState();
  }

  /** Writes an event. A UserError says when the run folder has been deleted: there is no use in going on. */
  record(event: TrainingEvent): void {
    if (!this.opened) {
      if (event.kind !== 'progress' && event.kind !== 'batchEnded') this.early.push(event);
      return;
    }
    if (event.kind === 'progress' || event.kind === 'batchEnded') {
      this.state = { ...this.state, latest: event };
      this.stale = true;
    } else {
      this.opened.log.append(event);
      if (event.kind === 'runStarted' || event.kind === 'runResumed') this.enter('running');
    }
    this.look();
    if (!existsSync(this.opened.folder)) {
      throw folderDeleted(this.opened.folder);
    }
    this.opened.tensorboard.append(event);
  }

  /** Ends the recording; the folder then looks like one that no process works on. */
  close(): void {
    if (!this.opened) return;
    const { folder, log, tensorboard, timer } = this.opened;
    this.opened = undefined;
    clearInterval(timer);
    try {
      log.close();
      tensorboard.close();
      removeLiveState(folder);
    } catch {
      // A folder that may not be written any more. That the process is gone tells as much.
    }
  }

  private look(): void {
    if (!this.opened) return;
    if (isStopRequested(this.opened.folder)) this.stop.abort();
    const since = Date.now() - this.state.heartbeat;
    // A clock that was set back would make the last writing lie ahead.
    const due = this.stale ? since >= LIVE_STATE_AT_MOST_EVERY_MS : since >= HEARTBEAT_EVERY_MS;
    if (due || since < 0) this.writeState();
  }

  private writeState(): void {
    if (!this.opened) return;
    this.state = { ...this.state, heartbeat: Date.now() };
    this.stale = false;
    try {
      writeLiveState(this.opened.folder, this.state);
    } catch {
      // A full disk, or a reader on Windows that holds the old file: the next writing comes soon, and training
      // does not depend on it. Whether the folder is gone is looked at with the events.
    }
  }
}
