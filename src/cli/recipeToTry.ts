import { basename, dirname, resolve } from 'node:path';
import { t } from '../protocol/language';
import { parseRecipe } from '../core/recipe/parseRecipe';
import type { Recipe } from '../core/recipe/recipe';
import { MAX_RECIPE_BYTES } from '../core/recipe/recipeText';
import { UserError } from '../core/userError';
import { changesOf } from './changesOf';
import type { Command, OptionValues } from './command';
import { readRecipeFile } from './readRecipeFile';
import { engineOption, eventsOption, setOption } from './trainingOptions';

/** Options of the commands that try a recipe out. */
export const trialOptions: Command['options'] = {
  set: setOption('batchSize=16'),
  engine: engineOption,
  json: eventsOption,
};

/** The one recipe that such a command was given, with what its options change. */
export async function recipeToTry(
  command: string,
  positionals: readonly string[],
  values: OptionValues,
): Promise<{ readonly recipe: Recipe; readonly workspace: string }> {
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0)
    throw new UserError(t('Name one recipe: thaw {0} RECIPE', command));
  if (/\.thaw$/i.test(file))
    throw new UserError(t('{0} is for a recipe (*.thaw.json): {1} is a notebook', command, basename(file)));
  const set = changesOf(values);
  const text = (await readRecipeFile(file, MAX_RECIPE_BYTES)).toString('utf8');
  const workspace = dirname(resolve(file));
  return { recipe: parseRecipe(text, { folder: workspace, file: basename(file), set }), workspace };
}

/** An option that is a whole number; undefined where it is not given. */
export function wholeNumber(
  values: OptionValues,
  name: string,
  least: number,
  most: number,
): number | undefined {
  const given = values.text(name);
  if (given === undefined) return undefined;
  const number = Number(given);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new UserError(t('--{0} must be a whole number from {1} to {2}, not {3}', name, least, most, given));
  return number;
}
