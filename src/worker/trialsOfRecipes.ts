import { basename, dirname } from 'node:path';
import type { Progress, Work } from '../core/progress';
import { parseRecipe } from '../core/recipe/parseRecipe';
import type { Recipe } from '../core/recipe/recipe';
import { adviseFreeze } from '../core/training/adviseFreeze';
import { findLearningRate } from '../core/training/findLearningRate';
import type { TrainOptions } from '../core/training/trainer';
import type { Advice } from '../protocol/adviceEvent';
import { progressOfSearch, type LearningRateCurve } from '../protocol/learningRateEvent';

type TrialOptions = Pick<TrainOptions, 'workspace' | 'featureProgram' | 'signal'>;

/** Looks for the learning rate of a recipe's text; `file`: where the text is from, absolute. */
export function findRecipesLearningRate(
  file: string,
  text: string,
  signal: AbortSignal,
): Work<LearningRateCurve> {
  const search = tried(file, text, signal, findLearningRate);
  return progressOf(search, event =>
    event.kind === 'learningRateTried' ? progressOfSearch(event) : undefined,
  );
}

/** Tries out what a recipe's text should freeze, likewise. */
export function adviseRecipesFreeze(file: string, text: string, signal: AbortSignal): Work<Advice> {
  return progressOf(tried(file, text, signal, adviseFreeze), () => undefined);
}

function tried<Trial>(
  file: string,
  text: string,
  signal: AbortSignal,
  trial: (recipe: Recipe, options: TrialOptions) => Trial,
): Trial {
  const workspace = dirname(file);
  const recipe = parseRecipe(text, { folder: workspace, file: basename(file) });
  return trial(recipe, { workspace, featureProgram: __filename, signal });
}

/** The progress among the events of a trial, and that which `more` makes of others. */
async function* progressOf<Event extends { readonly kind: string }, Result>(
  trial: AsyncGenerator<Event, Result>,
  more: (event: Event) => Progress | undefined,
): Work<Result> {
  for (;;) {
    const { value, done } = await trial.next();
    if (done) return value;
    const progress = isProgress(value) ? value : more(value);
    if (progress) yield progress;
  }
}

function isProgress<Event extends { readonly kind: string }>(event: Event): event is Event & Progress {
  return event.kind === 'progress';
}
