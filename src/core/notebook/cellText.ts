import { isAbsolute, relative, resolve, sep } from 'node:path';
import { changeRecipe, type RecipeChange } from '../recipe/editRecipe';
import { plainName } from '../plainName';
import { readRecipeText, type JsonValue } from '../recipe/recipeText';
import { isObject } from './mergeRecipe';

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
  const named = isObject(readRecipeText(text).value) && !hasName(text);
  const changes = named ? [{ path: ['name'], value: plainName(move.name) }] : [];
  return moveRecipe(changeRecipe(text, changes), move);
}

/**
 * A composed cell's text (that of a `ComposedRun`) as that of a recipe file, its relative paths those of the file's
 * folder. A UserError where it cannot be read.
 */
export function recipeFromCell(text: string, move: Move): string {
  return moveRecipe(text, move);
}

function hasName(text: string): boolean {
  return field(readRecipeText(text).value, 'name') !== undefined;
}

function moveRecipe(text: string, move: Move): string {
  // Paths that need not change stay as they were written.
  if (relative(move.from, move.to) === '') return changeRecipe(text, []);
  const { value } = readRecipeText(text);
  const data = field(value, 'data');
  const changes = [
    moved(['data', 'folder'], field(data, 'folder'), move),
    moved(['data', 'labels', 'file'], field(field(data, 'labels'), 'file'), move),
    moved(['weights'], weightsFile(field(value, 'weights')), move),
  ];
  return changeRecipe(text, changes.flat());
}

function moved(path: RecipeChange['path'], value: JsonValue | undefined, { from, to }: Move): RecipeChange[] {
  if (typeof value !== 'string' || value === '' || isAbsolute(value)) return [];
  const target = relative(to, resolve(from, value));
  // On Windows the way from one drive to another has no relative path.
  const written = isAbsolute(target) ? target : target.split(sep).join('/') || '.';
  return [{ path, value: written }];
}

function weightsFile(weights: JsonValue | undefined): JsonValue | undefined {
  return weights === 'imagenet' || weights === 'none' ? undefined : weights;
}

function field(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) ? value[name] : undefined;
}
