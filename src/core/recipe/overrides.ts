import { t } from '../../protocol/language';
import { nearestName } from './nearestName';
import { fieldSchema } from './recipeSchema';
import { emptyObject, type JsonObject, type JsonValue } from './recipeText';

const MAX_DEPTH = 8;

/**
 * Sets a field of a recipe from `path=value`, such as `optimizer.lr=0.01`. The value is JSON where it reads as such
 * and the field does not want text, else text. Returns what is wrong with it, or undefined.
 */
export function applyOverride(recipe: JsonObject, override: string): string | undefined {
  const equals = override.indexOf('=');
  if (equals <= 0) return t('{0} must be path=value, such as optimizer.lr=0.01', JSON.stringify(override));
  const segments = override.slice(0, equals).trim().split('.');
  const unknown = unknownField(segments);
  if (unknown) return unknown;

  let owner = recipe;
  for (const segment of segments.slice(0, -1)) {
    const below = owner[segment];
    if (isObject(below)) owner = below;
    else owner = owner[segment] = emptyObject();
  }
  const wantsText = fieldSchema(segments)?.type === 'string';
  owner[segments.at(-1)!] = parseValue(override.slice(equals + 1), wantsText);
  return undefined;
}

/** Says that a recipe has no such field, and which was meant; undefined where it has it. */
export function unknownField(segments: readonly string[]): string | undefined {
  if (segments.length > MAX_DEPTH) return t('{0} is not a field of a recipe', segments.join('.'));
  for (let end = 1; end <= segments.length; end++) {
    const path = segments.slice(0, end);
    if (fieldSchema(path)) continue;
    const above = path.slice(0, -1);
    const names = Object.keys(fieldSchema(above)?.properties ?? {}).filter(name => name !== '$schema');
    const nearest = nearestName(path.at(-1)!, names);
    const hint =
      nearest !== undefined
        ? t('; did you mean {0}?', [...above, nearest].join('.'))
        : names.length > 0
          ? above.length > 0
            ? t('; the fields of {0} are {1}', above.join('.'), names.join(', '))
            : t('; its fields are {0}', names.join(', '))
          : t('; {0} has no fields of its own', above.join('.'));
    return t('{0} is not a field of a recipe{1}', segments.join('.'), hint);
  }
  return undefined;
}

function parseValue(text: string, wantsText: boolean): JsonValue {
  try {
    const value = JSON.parse(text, withoutPrototype) as JsonValue;
    return wantsText && typeof value !== 'string' ? text : value;
  } catch {
    return text;
  }
}

function withoutPrototype(_key: string, value: JsonValue): JsonValue {
  if (!isObject(value)) return value;
  const copy = emptyObject();
  for (const name of Object.keys(value)) copy[name] = value[name]!;
  return copy;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
