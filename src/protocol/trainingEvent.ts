/**
 * What a fine-tune says as it goes: yielded by the training loop, a line of `events.jsonl`, a line of `--json`, a
 * message from the worker. Epochs count from 0; losses are means over the samples of a phase; times are in seconds.
 */
export type TrainingEvent =
  | PreparationEvent
  | RunStartedEvent
  | RunResumedEvent
  | BatchEndedEvent
  | PhaseEndedEvent
  | UnfrozenEvent
  | { readonly kind: 'bestEpoch'; readonly epoch: number; readonly accuracy: number }
  /** After this epoch, since none has improved the test accuracy after epoch `improved`. */
  | { readonly kind: 'stoppedEarly'; readonly epoch: number; readonly improved: number }
  | RunEndedEvent;

/** Before training, and between. */
export type PreparationEvent =
  | ProgressEvent
  | { readonly kind: 'note'; readonly message: string }
  | { readonly kind: 'imageSkipped'; readonly image: string; readonly reason: string };

export type Phase = 'train' | 'test';

/** Long work before or between epochs: verifying images, loading weights, computing features. Not kept in `events.jsonl`. */
export interface ProgressEvent {
  readonly kind: 'progress';
  readonly task: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: 'images' | 'files' | 'bytes' | 'steps' | 'seconds';
  /** What is in hand. */
  readonly detail?: string;
  /** At the speed so far; undefined where it cannot be told. */
  readonly secondsLeft?: number | undefined;
}

export interface RunStartedEvent {
  readonly kind: 'runStarted';
  readonly name: string;
  readonly model: string;
  readonly classes: readonly string[];
  /** Images in the train phase and in the test phase. */
  readonly train: number;
  readonly test: number;
  /** Parameters that train, of all parameters. */
  readonly trainable: number;
  readonly parameters: number;
  readonly epochs: number;
  /** The engine taken, and why in a sentence. */
  readonly engine: string;
  readonly engineReason: string;
  /** Absolute path. */
  readonly runFolder: string;
}

/**
 * A later process goes on with the run. What was told of this epoch and those after it is told again, so that it no
 * longer counts; nor does an end that was told.
 */
export interface RunResumedEvent {
  readonly kind: 'runResumed';
  readonly epoch: number;
  /** Batches of the epoch's train phase that need not be trained again. */
  readonly batch: number;
  readonly epochs: number;
  readonly engine: string;
  readonly engineReason: string;
  /** Absolute path. */
  readonly runFolder: string;
}

/** After each batch; `loss` and `accuracy` are means over the phase so far. Not kept in `events.jsonl`. */
export interface BatchEndedEvent {
  readonly kind: 'batchEnded';
  readonly epoch: number;
  readonly phase: Phase;
  readonly batch: number;
  readonly batches: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
}

export interface PhaseEndedEvent {
  readonly kind: 'phaseEnded';
  readonly epoch: number;
  readonly phase: Phase;
  readonly loss: number;
  readonly accuracy: number;
  readonly samples: number;
  readonly seconds: number;
  /** Learning rate of the epoch; in the train phase only. */
  readonly lr?: number;
}

/** Before the first epoch in which more layers train than in the one before. */
export interface UnfrozenEvent {
  readonly kind: 'unfrozen';
  readonly epoch: number;
  /** Parameters that train from now on, of all parameters. */
  readonly trainable: number;
  readonly parameters: number;
}

export interface RunEndedEvent {
  readonly kind: 'runEnded';
  readonly status: 'completed' | 'cancelled' | 'failed';
  /** -1 and 0 when no test phase ended. */
  readonly bestEpoch: number;
  readonly bestAccuracy: number;
  readonly seconds: number;
  /** Why it was completed before its last epoch. */
  readonly reason?: 'earlyStopping';
  /** What went wrong, when the status is `failed`. */
  readonly message?: string;
}
