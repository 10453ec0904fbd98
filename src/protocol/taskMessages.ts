import type { Advice } from './adviceEvent';
import type { HeatPlace } from './heatPlace';
import type { LearningRateCurve } from './learningRateEvent';

/** What the editor asks of a process that works for it once, and ends with it. */
export interface TaskProcess {
  exportRun(request: ExportRequest): ExportedModel;
  /** All classes of the run, the most probable first. */
  classifyImage(request: { readonly run: string; readonly file: string }): readonly ProbableClass[];
  tryPicture(request: { readonly run: string; readonly file: string }): TriedPicture;
  explainImages(request: ExplainRequest): readonly (readonly HeatPicture[])[];
  /** `file`: the recipe's or its notebook's, absolute; `recipe`: its text. */
  findLearningRate(request: { readonly file: string; readonly recipe: string }): LearningRateCurve;
  /** What to freeze, likewise. */
  adviseFreeze(request: { readonly file: string; readonly recipe: string }): Advice;
  /** Ends what is under way, soon; its request is refused. */
  cancel(): void;
}

/** What such a process tells the editor meanwhile. */
export interface TaskEditor {
  progress(progress: TaskProgress): void;
}

export interface ProbableClass {
  readonly name: string;
  readonly probability: number;
}

/** Pictures, and the classes for which to say what in them spoke for those: of each picture as many. */
export interface ExplainRequest {
  /** The run folder. */
  readonly run: string;
  readonly images: readonly { readonly file: string; readonly classes: readonly number[] }[];
}

/** A picture as the model saw it, and over it in colours what spoke for a class. */
export interface HeatPicture {
  /** A JPEG file in base64. */
  readonly jpeg: string;
  readonly place: HeatPlace;
}

/** What a model says of a picture: all classes, the most probable first, and what spoke for that one. */
export interface TriedPicture {
  readonly classes: readonly ProbableClass[];
  readonly heat: HeatPicture;
}

/** `done` of `total` of what `task` says. */
export interface TaskProgress {
  readonly task: string;
  readonly done: number;
  readonly total: number | undefined;
  /** What is in hand. */
  readonly detail?: string | undefined;
}

/** What a trained model can be exported to. */
export type ExportFormat = 'safetensors' | 'pth' | 'onnx' | 'tfjs' | 'savedmodel';

export interface ExportRequest {
  /** The run folder. */
  readonly run: string;
  readonly format: ExportFormat;
  /** Where the file goes, and its companions beside it; the folder, of a format that is one. */
  readonly file: string;
  /** Whether what is there may be replaced. */
  readonly force: boolean;
}

export interface ExportedModel {
  /** Absolute paths, the model's file or folder first. */
  readonly files: readonly string[];
  readonly check: ExportCheck;
}

/** How far an exported model is from what the run recorded of its test pictures. */
export interface ExportCheck {
  /** Pictures that were compared, and how many the run has. */
  readonly pictures: number;
  readonly all: number;
  /** Of a probability. */
  readonly largestDifference: number;
}
