/** `docs/recipe.md`: every field of a recipe with what its schema says of it. */
export function recipeReference(): Promise<string>;
