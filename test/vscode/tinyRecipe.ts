/** The text of a recipe of which an epoch on a few small pictures takes a moment; `fields` are added to it or replace its own. */
export function tinyRecipe(fields: Readonly<Record<string, unknown>>): string {
  const own = { model: 'squeezenet1_1', weights: 'none', imageSize: 64, batchSize: 8 };
  return JSON.stringify({ data: { folder: 'pictures' }, ...own, ...fields }, undefined, 2);
}
