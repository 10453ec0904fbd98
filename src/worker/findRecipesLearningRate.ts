import { basename, dirname } from 'node:path';
import type { Work } from '../core/progress';
import { parseRecipe } from '../core/recipe/parseRecipe';
import { findLearningRate } from '../core/training/findLearningRate';
import { progressOfSearch, type LearningRateCurve } from '../protocol/learningRateEvent';

/** Looks for the learning rate of a recipe's text; `file`: where the text is from, absolute. */
export async function* findRecipesLearningRate(
  file: string,
  text: string,
  signal: AbortSignal,
): Work<LearningRateCurve> {
  const workspace = dirname(file);
  const recipe = parseRecipe(text, { folder: workspace, file: basename(file) });
  const search = findLearningRate(recipe, { workspace, featureProgram: __filename, signal });
  for (;;) {
    const { value, done } = await search.next();
    if (done) return value;
    if (value.kind === 'progress') yield value;
    if (value.kind === 'learningRateTried') yield progressOfSearch(value);
  }
}
