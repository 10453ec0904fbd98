/** Where a text is and where it goes: absolute folders, against which its relative paths are read. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * A recipe file's text as that of a cell: comments stay, relative paths are those of the notebook's folder, and a recipe
 * without a name gets `name`, which is what its file's would give. A UserError where it cannot be read.
 */
export function cellFromRecipe(text: string, move: Move & { readonly name: string }): string {
  throw new Error(`Not written yet: ${text.length} ${move.name}`);
}

/**
 * A composed cell's text (that of a `ComposedRun`) as that of a recipe file, its relative paths those of the file's
 * folder. A UserError where it cannot be read.
 */
export function recipeFromCell(text: string, move: Move): string {
  throw new Error(`Not written yet: ${text.length} ${move.from}`);
}
