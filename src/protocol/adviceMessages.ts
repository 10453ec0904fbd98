import type { Advice, ComparedTrial } from './adviceEvent';
import type { Checks } from './messageChannel';
import {
  hasNumbers,
  isCount,
  isNothing,
  isOfRecipe,
  isText,
  LONGEST_NAME,
  type OfRecipe,
} from './pageMessages';

/** What the page of an advice shows, and keeps for when the window is reloaded. */
export type AdviceContent = Advice & OfRecipe;

/** What that page asks of the extension. */
export interface AdviceHost {
  hydrate(): AdviceContent;
  /** Writes the freeze set of a trial into the recipe. */
  writeTrial(index: number): void;
}

export const adviceHostChecks: Checks<AdviceHost> = { hydrate: isNothing, writeTrial: isCount };

/** Whether what a page has kept is an advice: another version of Thaw may have kept it. */
export function isAdviceContent(kept: unknown): kept is AdviceContent {
  if (!isOfRecipe(kept)) return false;
  const { plan, trials, take } = kept as Partial<AdviceContent>;
  const planned = ['trials', 'train', 'test', 'allTrain', 'allTest', 'epochs', 'seconds'];
  return (
    hasNumbers(plan, planned) &&
    Array.isArray(trials) &&
    trials.every(isTrial) &&
    (take === null || (isCount(take) && take! < trials.length))
  );
}

function isTrial(value: unknown): boolean {
  if (!hasNumbers(value, ['epochs', 'accuracy', 'samples', 'onceSeconds', 'epochSeconds'])) return false;
  const { trains, freeze, weights, newWeights, isRecipe, problem, p } = value as Partial<ComparedTrial>;
  return (
    isText(trains, LONGEST_NAME) &&
    Array.isArray(freeze) &&
    freeze.every(path => isText(path, LONGEST_NAME)) &&
    isText(weights, LONGEST_NAME) &&
    (newWeights === null || newWeights === 'imagenet' || newWeights === 'none') &&
    typeof isRecipe === 'boolean' &&
    (problem === undefined || isText(problem, LONGEST_NAME)) &&
    (p === null || Number.isFinite(p))
  );
}
