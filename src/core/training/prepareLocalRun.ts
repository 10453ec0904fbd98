import { t } from '../../protocol/language';
import type { PreparationEvent } from '../../protocol/trainingEvent';
import type { Recipe } from '../recipe/recipe';
import { UserError } from '../userError';
import { LocalTrainer } from './localTrainer';
import { prepareRun, type PrepareOptions } from './prepareRun';

/**
 * Prepares a run to be tried out in this process; whoever asks for it disposes the trainer. `what`: what is done so, for the
 * UserError that refuses the engine torchrun.
 */
export async function* prepareLocalRun(
  recipe: Recipe,
  what: string,
  options: PrepareOptions,
): AsyncGenerator<PreparationEvent, LocalTrainer> {
  if (recipe.engine === 'torchrun') {
    throw new UserError(
      t('engine: {0} with the engines of this program; take "auto" for it, as in --engine auto.', what),
    );
  }
  const { trainer } = yield* prepareRun(recipe, options);
  if (!(trainer instanceof LocalTrainer)) throw new Error('Another trainer than that of this process');
  return trainer;
}
