import type { EarlyStoppingRecipe } from '../recipe/recipe';
import type { Improvement, Position } from '../run/checkpoint';

/** The last epoch that was an improvement, once another has ended: its accuracy is more than `minDelta` above it. */
export function improvementAfter(
  { minDelta }: EarlyStoppingRecipe,
  before: Improvement | undefined,
  epoch: Improvement,
): Improvement {
  return before && epoch.accuracy - minDelta <= before.accuracy ? before : epoch;
}

/** Whether training has gone through `patience` epochs since the last improvement. */
export function hasWaited({ patience }: EarlyStoppingRecipe, { epoch, improved }: Position): boolean {
  return improved !== undefined && epoch - 1 - improved.epoch >= patience;
}
