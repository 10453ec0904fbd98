import type { BatchEndedEvent, ProgressEvent } from './trainingEvent';

/**
 * What the editor and a training process say to each other. They share no pipe: each message is a file in the run
 * folder, so that either may be started again while the other goes on.
 */

/** `start.json`, written once by the editor: what the process is to train. */
export interface StartRequest {
  readonly name: string;
  /** The recipe's file or notebook, absolute: relative paths in the text are resolved against its folder. */
  readonly recipeFile: string;
  /** The cell that was run, where `recipeFile` is a notebook. */
  readonly cell?: CellOfRun;
  /** The text as it was when the run was asked for. */
  readonly recipe: string;
  /** The program's version. */
  readonly version: string;
  /** When, in ms since 1970. */
  readonly requested: number;
}

/** Which cell of a notebook a run is of. */
export interface CellOfRun {
  /** The name of its recipe. */
  readonly name: string;
  /** What the run of a sweep has of its own, such as `optimizer.lr = 0.01`. */
  readonly variant?: string;
}

/** `live.json`, there while a process works on the run; replaced at most eight times a second. */
export interface LiveState {
  readonly process: ProcessIdentity;
  /** `preparing`: pictures are verified and weights are fetched. */
  readonly phase: 'queued' | 'preparing' | 'running';
  /** When this was written, in ms since 1970; at least once a second unless a single batch takes longer. */
  readonly heartbeat: number;
  /** The newest event that `events.jsonl` does not keep. */
  readonly latest?: ProgressEvent | BatchEndedEvent;
}

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The machine and the container: numbers of another one say nothing here. */
  readonly place: string;
  /** When it was started, as the system tells it; left out where it does not tell. */
  readonly started?: string;
}
