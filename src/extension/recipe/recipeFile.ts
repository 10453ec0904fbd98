import { basename, dirname } from 'node:path';
import { layerFields, type LayerFields } from '../../core/recipe/layerFields';
import { parseRecipe } from '../../core/recipe/parseRecipe';
import type { Recipe } from '../../core/recipe/recipe';
import { readRecipeText, type JsonValue, type RecipeProblem } from '../../core/recipe/recipeText';

/** What a recipe's text says, as far as it can be read. */
export interface RecipeReading {
  readonly text: string;
  /** Undefined where the text cannot be read. */
  readonly value: JsonValue | undefined;
  /** With its defaults; undefined where anything is wrong with it. */
  readonly recipe: Recipe | undefined;
  /** Undefined where the text cannot be read. */
  readonly layers: LayerFields | undefined;
  /** Why the text cannot be read. */
  readonly unreadable: RecipeProblem | undefined;
}

/** Reads a recipe's text. `file` is where it lies, for the paths in it. */
export function readRecipe(text: string, file: string): RecipeReading {
  const { value, problems } = readRecipeText(text);
  return {
    text,
    value,
    recipe: value === undefined ? undefined : parseOrNothing(text, file),
    layers: value === undefined ? undefined : layerFields(value),
    unreadable: value === undefined ? problems[0] : undefined,
  };
}

function parseOrNothing(text: string, file: string): Recipe | undefined {
  try {
    return parseRecipe(text, { folder: dirname(file), file: basename(file) });
  } catch {
    // The JSON schema's errors are already under the eyes of whoever writes it.
    return undefined;
  }
}
