import type {
  BatchEndedEvent,
  ProgressEvent,
  RunEndedEvent,
  RunStartedEvent,
  TrainingEvent,
} from '../../protocol/trainingEvent';
import type { CellOfRun } from '../../protocol/workerMessages';
import type { RunStatus } from '../../core/run/runRecord';

export type { RunStatus };

/** A run as the editor knows it: the state of its folder, read again as it grows. One object per folder; it changes. */
export interface TrainingRun {
  /** Absolute path of the run folder; tells runs apart. */
  readonly folder: string;
  /** The recipe's name, or the folder's where none is known yet. */
  readonly name: string;
  readonly status: RunStatus;
  /** What `events.jsonl` holds so far: without `batchEnded` and `progress`. */
  readonly events: readonly TrainingEvent[];
  /** The newest passing event of a live run; undefined once it has ended. */
  readonly latest: ProgressEvent | BatchEndedEvent | undefined;
  readonly started: RunStartedEvent | undefined;
  readonly ended: RunEndedEvent | undefined;
  /** When the run was begun, in ms since 1970. */
  readonly time: number;
  /** The recipe's file or notebook, for runs begun in an editor. */
  readonly recipeFile: string | undefined;
  /** The cell that was run, where `recipeFile` is a notebook. */
  readonly cell: CellOfRun | undefined;
  /** Queued, preparing or running. */
  readonly isLive: boolean;
  /** Not live, not complete, and with what it takes to go on. */
  readonly isResumable: boolean;
  /** Live, and asked to stop. */
  readonly isStopping: boolean;
}

/** Something that happened in a live run: a line of its log, or a passing `batchEnded` or `progress`. */
export interface RunAppend {
  readonly run: TrainingRun;
  readonly event: TrainingEvent;
}

/** What commands about runs take: the run, or its folder. Menus of the Runs view hand over runs. */
export type RunArgument = Pick<TrainingRun, 'folder'> | string;
