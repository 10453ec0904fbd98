import type { Checks } from './messageChannel';
import { MAX_CELL_RUNS } from './notebookOutput';
import { isCount, isNothing, isObject, isText, type PlottedRun } from './pageMessages';
import type { TrainingEvent } from './trainingEvent';

/** Most runs that are compared at a time: as many as a sweep has. */
export const MAX_COMPARED = MAX_CELL_RUNS;

/** What the page of a comparison shows. */
export interface ComparisonContent {
  /** In the order in which they were chosen; two at least. */
  readonly runs: readonly ComparedRun[];
  /** In what the recipes differ, a value for each run. */
  readonly differences: readonly RecipeDifference[];
}

/** A field that differs between recipes: its path, and the JSON that each has; null where it has none. */
export interface RecipeDifference {
  readonly field: string;
  readonly values: readonly (string | null)[];
}

export interface ComparedRun {
  /** The run folder; tells runs apart. */
  readonly folder: string;
  /** What tells it from the others: its name, or of a sweep its variant. */
  readonly name: string;
  /** Undefined where the folder is gone. */
  readonly run: PlottedRun | undefined;
  /** Undefined while there is none that can be read. */
  readonly best: ComparedBest | undefined;
  /** Why there is no best epoch to show, in a sentence. */
  readonly problem: string | undefined;
}

/** The best epoch of a run. */
export interface ComparedBest {
  readonly accuracy: number;
  /** Test pictures. */
  readonly samples: number;
  readonly loss: number;
  /** The same for each run, in the same order. */
  readonly numbers: readonly NamedNumber[];
}

export interface NamedNumber {
  readonly name: string;
  readonly text: string;
}

/** Two runs, by their folders. */
export interface RunPair {
  readonly first: string;
  readonly second: string;
}

/** Which of the pictures of two runs: those that they take for different classes, those that one recognizes alone... */
export const pairFilters = ['differ', 'onlyFirst', 'onlySecond', 'bothWrong'] as const;
export type PairFilter = (typeof pairFilters)[number];

/** A filter, or of a class those that one run alone takes for a class. */
export type PairsQuery = PairFilter | { readonly label: number; readonly predicted: number };

/** Two runs beside each other. */
export interface PairContent {
  /** How they compare on the pictures that both have, in a sentence. */
  readonly said: string;
  /** Pictures that both have. */
  readonly pictures: number;
  readonly counts: Readonly<Record<PairFilter, number>>;
  readonly difference: MatrixDifference;
}

/** The second confusion matrix less the first, of the pictures that both runs have; classes are those of both. */
export interface MatrixDifference {
  readonly classes: readonly string[];
  readonly matrix: readonly (readonly number[])[];
}

/** What a run takes a picture for, and how sure it is of that. */
export interface JudgedByRun {
  /** The picture's number in the run's predictions. */
  readonly index: number;
  readonly predicted: string;
  readonly probability: number;
}

/** A picture that both runs have. */
export interface ComparedPicture {
  /** As the data names it. */
  readonly image: string;
  /** What an `<img>` takes; undefined when the picture is gone, or may not be shown. */
  readonly source: string | undefined;
  readonly label: string;
  readonly first: JudgedByRun;
  readonly second: JudgedByRun;
}

export interface ComparedPictures {
  readonly pictures: readonly ComparedPicture[];
  readonly total: number;
}

/** What the page of a comparison asks of the extension. */
export interface ComparisonHost {
  hydrate(): ComparisonContent;
  pair(runs: RunPair): PairContent;
  /** Some of the pictures, from a place in the list. */
  pictures(query: {
    readonly runs: RunPair;
    readonly which: PairsQuery;
    readonly from: number;
  }): ComparedPictures;
  /** `index`: its number in the predictions of the first run. */
  openPicture(picture: { readonly runs: RunPair; readonly index: number }): void;
  openBestEpoch(folder: string): void;
  /** Puts the report of the runs on the clipboard. */
  copyReport(): void;
  /** Asks where to save the report and writes it; false where the person changed their mind. */
  saveReport(): boolean;
}

/** What the extension tells the page of a comparison. */
export interface ComparisonPage {
  append(news: { readonly folder: string; readonly event: TrainingEvent }): void;
  /** A run's status or best epoch changed, or its folder is gone. */
  show(content: ComparisonContent): void;
}

export const comparisonHostChecks: Checks<ComparisonHost> = {
  hydrate: isNothing,
  pair: isPair,
  pictures: value =>
    isObject(value) && isPair(value['runs']) && isQuery(value['which']) && isCount(value['from']),
  openPicture: value => isObject(value) && isPair(value['runs']) && isCount(value['index']),
  openBestEpoch: isFolder,
  copyReport: isNothing,
  saveReport: isNothing,
};

function isPair(value: unknown): boolean {
  return isObject(value) && isFolder(value['first']) && isFolder(value['second']);
}

function isQuery(value: unknown): boolean {
  if (isObject(value)) return isCount(value['label']) && isCount(value['predicted']);
  return pairFilters.some(filter => filter === value);
}

function isFolder(value: unknown): boolean {
  return isText(value, 10_000);
}
