import { t } from '../../protocol/language';
import { nearestName } from '../recipe/nearestName';
import { readRecipeText, type JsonValue } from '../recipe/recipeText';
import { fieldSchema } from '../recipe/recipeSchema';
import { isObject } from './mergeRecipe';
import type { ThawCell } from './thawDocument';

/** What composing looks at: the cells of a notebook, markdown included. */
export type CellText = Pick<ThawCell, 'kind' | 'text'>;

/**
 * The names of the cells, an entry for each; undefined for markdown. A recipe that has none is `cell N`, where N counts
 * the recipes from 1.
 */
export function cellNames(cells: readonly CellText[]): readonly (string | undefined)[] {
  let count = 0;
  return cells.map(({ kind, text }) => {
    if (kind !== 'recipe') return undefined;
    count++;
    return nameIn(valueOfCell(text)) ?? `cell ${count}`;
  });
}

/** Texts of cells read lately. Every cell of a notebook is composed of those above, which so are read once. */
const recent = new Map<string, JsonValue | undefined>();
const MAX_RECENT_CHARACTERS = 4_000_000;
let recentCharacters = 0;

/** What the text of a cell says as a recipe; it is shared and must not be changed. Undefined where it cannot be read. */
export function valueOfCell(text: string): JsonValue | undefined {
  if (recent.has(text)) return recent.get(text);
  const { value } = readRecipeText(text);
  recentCharacters += text.length;
  if (recentCharacters > MAX_RECENT_CHARACTERS) {
    recent.clear();
    recentCharacters = text.length;
  }
  recent.set(text, value);
  return value;
}

/** The name that a recipe gives itself, if it can be one. */
function nameIn(recipe: JsonValue | undefined): string | undefined {
  const name = isObject(recipe) ? recipe.name : undefined;
  return typeof name === 'string' && isRecipeName(name) ? name : undefined;
}

/** Whether a text can be the name of a recipe. */
export function isRecipeName(name: string): boolean {
  return new RegExp(fieldSchema(['name'])!.pattern!, 'u').test(name);
}

/** The cell above `index` of that name, or why there is none that can be meant. */
export function findAbove(
  names: readonly (string | undefined)[],
  index: number,
  wanted: string,
): number | string {
  const above = names.slice(0, index);
  const found = above.indexOf(wanted);
  if (found >= 0 && above.indexOf(wanted, found + 1) < 0) return found;
  const quoted = JSON.stringify(wanted);
  if (found >= 0) return t('several cells above are named {0}; give each a name of its own', quoted);
  if (names[index] === wanted) return t('a cell cannot build on itself; name a cell above');
  if (names.includes(wanted)) return t('{0} is further down; a cell builds on cells above it', quoted);
  const known = above.filter(name => name !== undefined);
  const nearest = nearestName(wanted, known);
  if (nearest !== undefined) {
    return t('there is no cell {0} above; did you mean {1}?', quoted, JSON.stringify(nearest));
  }
  const others = known.slice(-MOST_NAMED).map(name => JSON.stringify(name));
  const hint =
    others.length === 0 ? t('this is the first recipe') : t('the cells above are {0}', others.join(', '));
  return t('there is no cell {0} above; {1}', quoted, hint);
}

const MOST_NAMED = 10;
