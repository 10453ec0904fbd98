import type { DisplayLanguage } from './language';
import type { Checks } from './messageChannel';
import {
  isExplainable,
  isNothing,
  type ClassificationMetrics,
  type ExplainedPicture,
  type Picture,
  type PlottedRun,
} from './pageMessages';
import type { TrainingEvent } from './trainingEvent';

/** The MIME type of a cell's output that the renderer draws; what is behind it is a `RunOutput`. */
export const RUN_MIME = 'application/vnd.thaw.run+json';

/** What a cell keeps of its runs: small, and enough to read without the run folders. Several runs are a sweep. */
export interface RunOutput {
  readonly version: 1;
  readonly runs: readonly RunReference[];
}

export interface RunReference {
  /** The run folder, relative to the notebook's folder, with `/` on every platform. */
  readonly folder: string;
  readonly name: string;
  /** What the run of a sweep has of its own, such as `optimizer.lr = 0.01`. */
  readonly variant?: string;
  /** Absent until the run has ended. */
  readonly summary?: RunSummary;
}

export interface RunSummary {
  readonly status: 'completed' | 'cancelled' | 'failed' | 'crashed';
  readonly model: string;
  /** Epochs that were trained. */
  readonly epochs: number;
  /** -1 and 0 when no test phase ended. */
  readonly bestEpoch: number;
  readonly bestAccuracy: number;
  readonly seconds: number;
  /** What went wrong, when the status is `failed` or `crashed`. */
  readonly message?: string;
}

/** The best epoch of a run as a cell shows it. */
export interface CellReport {
  readonly metrics: ClassificationMetrics;
  /** The most confident mistakes, at most six; their `source` is a data URL. */
  readonly mistakes: readonly Picture[];
}

/** A run as a cell shows it. */
export interface CellRun {
  /** As the output names it. */
  readonly folder: string;
  /** Undefined where the run folder is gone. */
  readonly run: PlottedRun | undefined;
  /** Undefined while there is no best epoch yet. */
  readonly report: CellReport | undefined;
  /** Whether it was cut off and can go on. */
  readonly isResumable: boolean;
}

/** What a cell's output asks of the extension. Folders are as the output names them. */
export interface RendererHost {
  language(): DisplayLanguage;
  hydrate(folders: readonly string[]): readonly CellRun[];
  stop(folder: string): void;
  /** Goes on with a run that was cut off; whether it does. */
  resume(folder: string): boolean;
  openBestEpoch(folder: string): void;
  exportRun(folder: string): void;
  /** Shows the runs side by side; one alone, beside others that a person picks. */
  compareRuns(folders: readonly string[]): void;
  revealFolder(folder: string): void;
  openPicture(picture: { readonly folder: string; readonly index: number }): void;
  /** Undefined where the person cancelled. */
  explain(pictures: {
    readonly folder: string;
    readonly indices: readonly number[];
  }): readonly ExplainedPicture[] | undefined;
}

/** What the extension tells the outputs of a notebook; each heeds what is of its own folders. */
export interface RendererPage {
  append(news: { readonly folder: string; readonly event: TrainingEvent }): void;
  /** A run came, or its status or its best epoch changed. */
  update(run: CellRun): void;
}

/** Most runs that one cell shows. */
export const MAX_CELL_RUNS = 100;

export const rendererHostChecks: Checks<RendererHost> = {
  language: isNothing,
  hydrate: isFolders,
  stop: isFolder,
  resume: isFolder,
  openBestEpoch: isFolder,
  exportRun: isFolder,
  compareRuns: isFolders,
  revealFolder: isFolder,
  openPicture: value =>
    typeof value === 'object' &&
    value !== null &&
    'folder' in value &&
    isFolder(value.folder) &&
    'index' in value &&
    Number.isSafeInteger(value.index) &&
    (value.index as number) >= 0,
  explain: value =>
    typeof value === 'object' &&
    value !== null &&
    'folder' in value &&
    isFolder(value.folder) &&
    'indices' in value &&
    isExplainable(value.indices),
};

function isFolder(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 10_000;
}

function isFolders(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MAX_CELL_RUNS && value.every(isFolder);
}
