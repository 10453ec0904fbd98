import type { RecipeDifference } from '../../protocol/comparisonMessages';
import { fieldsOf } from '../recipe/fieldsOf';

/** Fields of a recipe that say nothing of how it trains. */
const IGNORED = new Set(['name']);

/** The fields in which recipes differ, objects looked into, in the order in which they come up. */
export function recipeDifferences(recipes: readonly object[]): readonly RecipeDifference[] {
  const flat = recipes.map(recipe => new Map(fieldsOf(recipe)));
  const fields = new Set(flat.flatMap(fields => [...fields.keys()]));
  return [...fields]
    .filter(field => !IGNORED.has(field))
    .map(field => ({ field, values: flat.map(fields => fields.get(field) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}
