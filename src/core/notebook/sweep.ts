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
    message: `sweep must be an object in braces that names fields and the values to try, such as ${EXAMPLE}, ${what}`,
  });
  if (!isObject(sweep)) return yield shape(`not ${clip(jsonLine(sweep))}`);
  const fields = Object.keys(sweep);
  if (fields.length === 0) return yield shape('not an empty one');
  if (fields.length > MAX_FIELDS) return yield shape(`at most ${MAX_FIELDS}, not ${fields.length}`);
  let count = 1;
  for (const [field, values] of Object.entries(sweep)) {
    const key = { path: [field], part: 'key' } as const;
    const unknown = unknownField(field.split('.'));
    if (unknown !== undefined) yield { ...key, message: unknown };
    if (NEVER_SWEPT.has(field)) yield { ...key, message: `${field} cannot be swept; remove it` };
    const within = fields.find(other => field.startsWith(`${other}.`));
    if (within !== undefined) {
      yield { ...key, message: `${field} is part of ${within}, which is swept as well; keep one of the two` };
    }
    if (!Array.isArray(values) || values.length === 0) {
      const what = Array.isArray(values) ? 'an empty one' : clip(jsonLine(values));
      const message = `${field} must be a list of the values to try, such as [0.01, 0.001], not ${what}`;
      yield { path: [field], part: 'value', message };
      continue;
    }
    count *= values.length;
    if (values.length > MAX_CELL_RUNS) continue;
    const none = values.indexOf(null);
    if (none >= 0) {
      const message = `${field} cannot try null, which takes a field back; leave it out`;
      yield { path: [field, none], part: 'value', message };
    }
    const lines = values.map(jsonLine);
    const twice = lines.findIndex((line, index) => lines.indexOf(line) < index);
    if (twice >= 0) {
      const message = `${field} tries ${clip(lines[twice]!)} twice; keep one of the two`;
      yield { path: [field, twice], part: 'value', message };
    }
  }
  if (count > MAX_CELL_RUNS) {
    const message = `the sweep makes ${count} runs; a cell has at most ${MAX_CELL_RUNS}`;
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
