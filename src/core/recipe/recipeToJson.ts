import type { Recipe } from './recipe';
import type { JsonObject } from './recipeText';

/** A recipe as a JSON object that `parseRecipe` reads back as the same recipe. */
export function recipeToJson(recipe: Recipe): JsonObject {
  return JSON.parse(JSON.stringify(recipe)) as JsonObject;
}
