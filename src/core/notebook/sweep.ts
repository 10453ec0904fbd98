import { t } from '../../protocol/language';
import { MAX_CELL_RUNS } from '../../protocol/notebookOutput';
import { jsonLine } from '../recipe/editRecipe';
import { unknownField } from '../recipe/overrides';
import { emptyObject, type JsonObject, type JsonValue } from '../recipe/recipeText';
import { isObject } from './mergeRecipe';

/** One combination of the values of a sweep. */
export interface Variant {
  /** `optimizer.lr = 0.01, batchSize = 16`. */
  readonly label: string;
  /** The fields and their values, as a recipe has them. */
  readonly changes: JsonObject;
  /** Where the cell says so: of each field its path in the recipe and the index of its value. */
  readonly chosen: readonly { readonly field: string; readonly index: number }[];
}

/** What is wrong with a sweep. `path` is below `sweep`. */
export interface SweepProblem {
  readonly path: readonly (string | number)[];
  readonly part: 'key' | 'value';
  readonly message: string;
}

const EXAMPLE = '{ "optimizer.lr": [0.01, 0.001] }';
const NEVER_SWEPT: ReadonlySet<string> = new Set(['name', '$schema', 'resolved']);
const LONGEST_VALUE = 40;
/** Most fields that are swept together: two values of each make more runs than a cell has. */
const MAX_FIELDS = 20;

/** Every combination of a sweep's values, the last field varying fastest; no variants where there are problems. */
export function variantsOf(sweep: JsonValue): {
  readonly variants: readonly Variant[];
  readonly problems: readonly SweepProblem[];
} {
  const problems = [...wrongWith(sweep)];
  if (problems.length > 0) return { variants: [], problems };
  let variants: readonly Variant[] = [{ label: '', changes: emptyObject(), chosen: [] }];
  for (const [field, values] of Object.entries(sweep as Record<string, JsonValue[]>)) {
    variants = variants.flatMap(variant =>
      values.map((value, index) => ({
        label: `${variant.label}${variant.label && ', '}${field} = ${shown(value, index)}`,
        changes: withField(variant.changes, field.split('.'), value),
        chosen: [...variant.chosen, { field, index }],
      })),
    );
  }
  return { variants, problems };
}

function* wrongWith(sweep: JsonValue): Generator<SweepProblem> {
  const shape = (what: string): SweepProblem => ({
    path: [],
    part: 'value',
    message: t(
      'sweep must be an object in braces that names fields and the values to try, such as {0}, {1}',
      EXAMPLE,
      what,
    ),
  });
  if (!isObject(sweep)) return yield shape(t('not {0}', clip(jsonLine(sweep))));
  const fields = Object.keys(sweep);
  if (fields.length === 0) return yield shape(t('not an empty one'));
  if (fields.length > MAX_FIELDS) return yield shape(t('at most {0}, not {1}', MAX_FIELDS, fields.length));
  let count = 1;
  for (const [field, values] of Object.entries(sweep)) {
    const key = { path: [field], part: 'key' } as const;
    const unknown = unknownField(field.split('.'));
    if (unknown !== undefined) yield { ...key, message: unknown };
    if (NEVER_SWEPT.has(field)) yield { ...key, message: t('{0} cannot be swept; remove it', field) };
    const within = fields.find(other => field.startsWith(`${other}.`));
    if (within !== undefined) {
      yield {
        ...key,
        message: t('{0} is part of {1}, which is swept as well; keep one of the two', field, within),
      };
    }
    if (!Array.isArray(values) || values.length === 0) {
      const what = Array.isArray(values) ? t('an empty one') : clip(jsonLine(values));
      const message = t(
        '{0} must be a list of the values to try, such as [0.01, 0.001], not {1}',
        field,
        what,
      );
      yield { path: [field], part: 'value', message };
      continue;
    }
    count *= values.length;
    if (values.length > MAX_CELL_RUNS) continue;
    const none = values.indexOf(null);
    if (none >= 0) {
      const message = t('{0} cannot try null, which takes a field back; leave it out', field);
      yield { path: [field, none], part: 'value', message };
    }
    const lines = values.map(jsonLine);
    const twice = lines.findIndex((line, index) => lines.indexOf(line) < index);
    if (twice >= 0) {
      const message = t('{0} tries {1} twice; keep one of the two', field, clip(lines[twice]!));
      yield { path: [field, twice], part: 'value', message };
    }
  }
  if (count > MAX_CELL_RUNS) {
    const message = t('the sweep makes {0} runs; a cell has at most {1}', count, MAX_CELL_RUNS);
    yield { path: [], part: 'value', message };
  }
}

function withField(object: JsonObject, [name, ...below]: readonly string[], value: JsonValue): JsonObject {
  const copy = Object.assign(emptyObject(), object);
  const inner = copy[name!];
  copy[name!] = below.length === 0 ? value : withField(isObject(inner) ? inner : emptyObject(), below, value);
  return copy;
}

/** Lists that begin alike are told apart by their place in the sweep. */
function shown(value: JsonValue, index: number): string {
  const text = typeof value === 'string' ? value : jsonLine(value);
  return text.length <= LONGEST_VALUE ? text : `${clip(text)} (value ${index + 1})`;
}

function clip(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}
