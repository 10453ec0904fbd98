import type { RecipeDifference } from '../../protocol/comparisonMessages';

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

function* fieldsOf(value: object, above = ''): Generator<[string, string]> {
  for (const [key, inner] of Object.entries(value)) {
    const path = above === '' ? key : `${above}.${key}`;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) yield* fieldsOf(inner, path);
    else if (inner !== undefined) yield [path, JSON.stringify(inner)];
  }
}
