import type { Advice, ComparedTrial } from './adviceEvent';
import type { Checks } from './messageChannel';
import { isCount, isNothing, isObject, isText } from './pageMessages';

/** What the page of an advice shows, and keeps for when the window is reloaded. */
export interface AdviceContent extends Advice {
  /** The name of the recipe. */
  readonly recipe: string;
  /** Where the recipe lies, as a URI. */
  readonly uri: string;
}

/** What that page asks of the extension. */
export interface AdviceHost {
  hydrate(): AdviceContent;
  /** Writes the freeze set of a trial into the recipe. */
  writeTrial(index: number): void;
}

export const adviceHostChecks: Checks<AdviceHost> = { hydrate: isNothing, writeTrial: isCount };

const LONGEST = 10_000;

/** Whether what a page has kept is an advice: another version of Thaw may have kept it. */
export function isAdviceContent(kept: unknown): kept is AdviceContent {
  if (!isObject(kept) || !isText(kept['recipe'], LONGEST) || !isText(kept['uri'], LONGEST)) return false;
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
    isText(trains, LONGEST) &&
    Array.isArray(freeze) &&
    freeze.every(path => isText(path, LONGEST)) &&
    isText(weights, LONGEST) &&
    (newWeights === null || newWeights === 'imagenet' || newWeights === 'none') &&
    typeof isRecipe === 'boolean' &&
    (problem === undefined || isText(problem, LONGEST)) &&
    (p === null || Number.isFinite(p))
  );
}

function hasNumbers(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every(name => Number.isFinite(value[name]));
}
