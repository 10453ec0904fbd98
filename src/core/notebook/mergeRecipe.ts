import { emptyObject, type JsonObject, type JsonValue } from '../recipe/recipeText';

/** The type that these objects are of where they do not say it, by the recipe's schema. */
const typed: ReadonlyMap<string, string> = new Map([
  ['optimizer', 'sgd'],
  ['scheduler', 'step'],
]);

/**
 * A recipe with what another says of it, as a JSON Merge Patch (RFC 7396): objects are merged field by field, `null` takes
 * a field away, all else is replaced. Where the type of the optimizer or the scheduler changes, nothing of the old one is
 * kept: its fields were chosen for that type.
 */
export function mergeRecipe(base: JsonObject, changes: JsonObject): JsonObject {
  return merge(base, changes, (name, before, after) => {
    const usual = typed.get(name);
    if (usual !== undefined) return after.type === undefined || after.type === (before.type ?? usual);
    return name !== 'weights';
  });
}

function merge(
  base: JsonObject,
  changes: JsonObject,
  joins: (name: string, before: JsonObject, after: JsonObject) => boolean = () => true,
): JsonObject {
  const merged = Object.assign(emptyObject(), base);
  for (const [name, after] of Object.entries(changes)) {
    const before = merged[name];
    if (after === null) delete merged[name];
    else if (!isObject(after)) merged[name] = after;
    else merged[name] = merge(isObject(before) && joins(name, before, after) ? before : emptyObject(), after);
  }
  return merged;
}

/** Whether a value is an object and no list. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
