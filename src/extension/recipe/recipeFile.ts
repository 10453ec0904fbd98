import type { ComposedCell } from '../../core/notebook/composeCell';
import { layerFields, type LayerFields } from '../../core/recipe/layerFields';
import { readRecipeText, type JsonValue, type RecipeProblem } from '../../core/recipe/recipeText';

/** What a recipe's text says, as far as it can be read. */
export interface RecipeReading {
  readonly text: string;
  /** Of a cell, with what it takes from the cells above. Undefined where the text cannot be read. */
  readonly value: JsonValue | undefined;
  /** Undefined where the text cannot be read. */
  readonly layers: LayerFields | undefined;
  /** Why the text cannot be read. */
  readonly unreadable: RecipeProblem | undefined;
  /** Undefined for a recipe that is a file. */
  readonly cell: ComposedCell | undefined;
}

/** Reads a recipe's text. */
export function readRecipe(text: string): RecipeReading {
  const { value, problems } = readRecipeText(text);
  return reading(text, value, problems, undefined);
}

/** Reads the text of a cell that has been composed. */
export function readCell(text: string, cell: ComposedCell): RecipeReading {
  return reading(text, cell.recipe, cell.problems, cell);
}

function reading(
  text: string,
  value: JsonValue | undefined,
  problems: readonly RecipeProblem[],
  cell: ComposedCell | undefined,
): RecipeReading {
  const layers = value === undefined ? undefined : layerFields(value);
  return { text, value, layers, unreadable: value === undefined ? problems[0] : undefined, cell };
}
