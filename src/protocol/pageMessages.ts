import type { LearningRateCurve } from './learningRateEvent';
import type { Checks } from './messageChannel';
import type { HeatPicture, TriedPicture } from './taskMessages';
import type { TrainingEvent } from './trainingEvent';

/* Plots */

/** A run as the plots know it. */
export interface PlottedRun {
  /** The run folder; tells runs apart. */
  readonly folder: string;
  readonly name: string;
  readonly status: PlottedStatus;
  /** Live, and asked to stop. */
  readonly isStopping: boolean;
  /** When it was begun, in ms since 1970. */
  readonly time: number;
  readonly events: readonly TrainingEvent[];
}

export type PlottedStatus =
  'queued' | 'preparing' | 'running' | 'completed' | 'cancelled' | 'failed' | 'crashed';

/** What the plots are filled with once; afterwards they are told what is new. */
export interface PlotsContent {
  /** Newest first. */
  readonly runs: readonly PlottedRun[];
  /** Folders of the runs to show; undefined: as the page had it, or the newest. */
  readonly show?: readonly string[];
}

/** What the plots ask of the extension. */
export interface PlotsHost {
  hydrate(): PlotsContent;
  /** Asks where to save and writes; false where the person changed their mind. */
  save(file: ExportedFile): boolean;
  openBestEpoch(folder: string): void;
  startFineTune(): void;
  newRecipe(): void;
}

/** What the extension tells the plots. */
export interface PlotsPage {
  append(news: { readonly folder: string; readonly event: TrainingEvent }): void;
  /** A run came, or its status changed; without its events where the page has the run. */
  update(run: PlottedRun): void;
  remove(folder: string): void;
  show(folders: readonly string[]): void;
}

export type ExportFormat = 'png' | 'svg' | 'csv';

/** A file to save: `text`, or for PNG bytes in base64. */
export interface ExportedFile {
  readonly format: ExportFormat;
  /** Proposed, without extension. */
  readonly name: string;
  readonly content: string;
}

/** Longest name, path or address, in characters. */
export const LONGEST_NAME = 10_000;

/** Largest exported file, in characters. */
const MAX_EXPORT = 64_000_000;

export const plotsHostChecks: Checks<PlotsHost> = {
  hydrate: isNothing,
  save: value =>
    isObject(value) &&
    ['png', 'svg', 'csv'].includes(value['format'] as string) &&
    isText(value['name'], 200) &&
    isText(value['content'], MAX_EXPORT),
  openBestEpoch: value => isText(value, LONGEST_NAME),
  startFineTune: isNothing,
  newRecipe: isNothing,
};

/* What trying a recipe has found */

/** Of which recipe. */
export interface OfRecipe {
  /** The name of the recipe. */
  readonly recipe: string;
  /** Where the recipe lies, as a URI. */
  readonly uri: string;
}

/** Whether a page has kept of which recipe it is. */
export function isOfRecipe(kept: unknown): kept is OfRecipe & Record<string, unknown> {
  return isObject(kept) && isText(kept['recipe'], LONGEST_NAME) && isText(kept['uri'], LONGEST_NAME);
}

/* Learning rate */

/** What the page of a search for a learning rate shows, and keeps for when the window is reloaded. */
export type LearningRateContent = LearningRateCurve & OfRecipe;

/** What that page asks of the extension. */
export interface LearningRateHost {
  hydrate(): LearningRateContent;
  /** Writes the suggestion into the recipe. */
  writeSuggestion(): void;
}

export const learningRateHostChecks: Checks<LearningRateHost> = {
  hydrate: isNothing,
  writeSuggestion: isNothing,
};

/** Whether what a page has kept is a search for a learning rate: another version of Thaw may have kept it. */
export function isLearningRateContent(kept: unknown): kept is LearningRateContent {
  if (!isOfRecipe(kept)) return false;
  const { tried, suggestion } = kept as Partial<LearningRateContent>;
  return (
    Array.isArray(tried) &&
    tried.every(rate => hasNumbers(rate, ['lr', 'loss', 'smoothedLoss'])) &&
    (suggestion === null || Number.isFinite(suggestion))
  );
}

/* Best epoch */

/** Of one class; ratios are undefined where there is nothing to divide by. */
export interface ClassMetrics {
  readonly name: string;
  /** Samples of the class. */
  readonly support: number;
  /** Samples taken for the class. */
  readonly predicted: number;
  readonly precision: number | undefined;
  readonly recall: number | undefined;
  readonly f1: number | undefined;
}

export interface ClassificationMetrics {
  /** Counts of samples: a row for each class, a column for each class they were taken for. */
  readonly matrix: readonly (readonly number[])[];
  readonly classes: readonly ClassMetrics[];
  readonly samples: number;
  readonly accuracy: number;
  /** Mean F1 of the classes that were expected or predicted. */
  readonly macroF1: number;
  /** Mean recall of the classes that were expected. */
  readonly balancedAccuracy: number;
}

/** Samples whose likeliest class has a probability above `low` and up to `high`. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly samples: number;
  /** Mean probability of the likeliest class. */
  readonly confidence: number;
  /** Share of samples whose likeliest class is theirs. */
  readonly accuracy: number;
}

/** How far the probabilities can be believed. */
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error. */
  readonly error: number;
  /** What to divide the logits by, fitted to the same samples; undefined where there is no best one. */
  readonly temperature?: number;
  readonly errorAtTemperature?: number;
}

/** How far training moved a layer: the largest |change| of any of its numbers, statistics of batch norm included. */
export interface LayerChange {
  readonly path: string;
  readonly frozen: boolean;
  readonly parameters: number;
  readonly maxChange: number;
}

export interface BestEpochReport {
  /** The run folder. */
  readonly folder: string;
  readonly name: string;
  readonly model: string;
  /** Undefined where the run's events are gone. */
  readonly epoch: number | undefined;
  readonly epochs: number;
  readonly loss: number;
  /** When the run began, in ms since 1970; undefined where it is not known. */
  readonly started: number | undefined;
  /** The engine and its device. */
  readonly engine: string;
  readonly metrics: ClassificationMetrics;
  readonly calibration: Calibration;
  /** Module paths that the recipe freezes. */
  readonly freeze: readonly string[];
  /** Undefined for a run that did not write it. */
  readonly layers: readonly LayerChange[] | undefined;
  /** The most confident mistakes. */
  readonly mistakes: PictureList;
  /** What the run says of labels that were corrected before it; empty where none were. */
  readonly corrected: string;
  readonly labels: CorrectedLabels;
}

/** What the file of corrections says now of a run's test pictures; the next run heeds it. */
export interface CorrectedLabels {
  /** The file's name. */
  readonly file: string;
  /** By their numbers in the run's predictions; an empty label leaves a picture out. */
  readonly pictures: readonly { readonly index: number; readonly label: string }[];
  readonly canUndo: boolean;
  /** Why nothing can be corrected, in a sentence. */
  readonly problem?: string | undefined;
}

/** What to do about a picture's label: choose another, leave the picture out, or take back what the file says. */
export interface LabelCorrection {
  readonly index: number;
  readonly act: 'relabel' | 'exclude' | 'restore';
}

/** Why there is nothing to show, in a sentence. */
export interface BestEpochProblem {
  readonly folder: string;
  readonly problem: string;
}

export interface Picture {
  /** Its number in the run's predictions. */
  readonly index: number;
  /** As the data names it. */
  readonly image: string;
  /** What an `<img>` takes; undefined when the picture is gone, or may not be shown. */
  readonly source: string | undefined;
  readonly label: number;
  readonly predicted: number;
  readonly probabilities: readonly number[];
}

/** Some of a list of pictures. */
export interface PictureList {
  readonly pictures: readonly Picture[];
  readonly total: number;
}

/** Which pictures: those of a class taken for a class, or all mistakes, from a place in the list. */
export interface PictureQuery {
  readonly cell?: { readonly label: number; readonly predicted: number };
  readonly from: number;
}

/** What in a picture spoke for the class that it was taken for, and for the one that it is. */
export interface ExplainedPicture {
  /** Its number in the run's predictions. */
  readonly index: number;
  readonly predicted: HeatPicture;
  readonly label: HeatPicture;
}

/** Most pictures that are explained at a time. */
export const MOST_EXPLAINED = 200;

/** A picture that a person gives to the page. */
export interface GivenPicture {
  readonly name: string;
  /** The bytes of its file, in base64. */
  readonly content: string;
}

/** Largest file that the page takes, in bytes. */
export const MOST_PICTURE_BYTES = 2 ** 25;

/** What the page of a best epoch asks of the extension. */
export interface BestEpochHost {
  hydrate(): BestEpochReport | BestEpochProblem;
  pictures(query: PictureQuery): PictureList;
  openPicture(index: number): void;
  /** Of pictures by their numbers, those that are still there; undefined where the person cancelled. */
  explain(indices: readonly number[]): readonly ExplainedPicture[] | undefined;
  /** Whether it was done: a person may change their mind. */
  correct(correction: LabelCorrection): boolean;
  /** Takes back the last correction; the number of its picture. */
  undoCorrection(): number | undefined;
  /** Undefined where the person cancelled. */
  tryPicture(picture: GivenPicture): TriedPicture | undefined;
  openRecipe(): void;
  showPlots(): void;
  exportRun(): void;
  revealFolder(): void;
}

/** What the extension tells the page of a best epoch. */
export interface BestEpochPage {
  show(content: BestEpochReport | BestEpochProblem): void;
  /** The file of corrections has changed. */
  correctLabels(labels: CorrectedLabels): void;
}

export const bestEpochHostChecks: Checks<BestEpochHost> = {
  hydrate: isNothing,
  pictures: value =>
    isObject(value) &&
    isCount(value['from']) &&
    (value['cell'] === undefined ||
      (isObject(value['cell']) && isCount(value['cell']['label']) && isCount(value['cell']['predicted']))),
  openPicture: isCount,
  explain: isExplainable,
  correct: value =>
    isObject(value) &&
    isCount(value['index']) &&
    ['relabel', 'exclude', 'restore'].includes(value['act'] as string),
  undoCorrection: isNothing,
  tryPicture: value =>
    isObject(value) &&
    isText(value['name'], 1000) &&
    isText(value['content'], 4 * Math.ceil(MOST_PICTURE_BYTES / 3)),
  openRecipe: isNothing,
  showPlots: isNothing,
  exportRun: isNothing,
  revealFolder: isNothing,
};

/** Whether a value is a list of numbers of pictures, not too long to explain at once. */
export function isExplainable(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MOST_EXPLAINED && value.every(isCount);
}

export function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isText(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.length <= longest;
}

/** Whether a value is an object that has finite numbers of these names. */
export function hasNumbers(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every(name => Number.isFinite(value[name]));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
