import { t } from './language';
import type { PreparationEvent, ProgressEvent } from './trainingEvent';

/** What the search for a learning rate says as it goes: a line of `thaw find-lr --json` each. */
export type LearningRateEvent =
  | PreparationEvent
  | LearningRateTriedEvent
  | { readonly kind: 'learningRateFound'; readonly suggestion: number | null };

export interface LearningRateTriedEvent extends TriedRate {
  readonly kind: 'learningRateTried';
  readonly step: number;
  readonly steps: number;
}

/** How far a search is that has tried a rate. */
export function progressOfSearch({ step, steps }: LearningRateTriedEvent): ProgressEvent {
  return { kind: 'progress', task: t('Trying learning rates'), done: step + 1, total: steps, unit: 'steps' };
}

/** A learning rate, the loss of the batch that it was tried on, and the running mean of these losses. */
export interface TriedRate {
  readonly lr: number;
  readonly loss: number;
  readonly smoothedLoss: number;
}

/** All rates that were tried, the smallest first, and the one to take; null where none lowers the loss. */
export interface LearningRateCurve {
  readonly tried: readonly TriedRate[];
  readonly suggestion: number | null;
}
