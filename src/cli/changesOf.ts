import type { OptionValues } from './command';

/** What `--set` and `--engine` change of a recipe, as `parseRecipe` takes it. */
export function changesOf(values: OptionValues): readonly string[] {
  const engine = values.text('engine');
  return [...values.list('set'), ...(engine === undefined ? [] : [`engine=${engine}`])];
}
