import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { t } from '../../protocol/language';
import { checkFields, placesIn, type PlaceOfField } from '../recipe/checkRecipe';
import { changeRecipe, jsonLine } from '../recipe/editRecipe';
import { refuseRecipe } from '../recipe/parseRecipe';
import { recipeSchema } from '../recipe/recipeSchema';
import {
  emptyObject,
  fieldPath,
  readRecipeText,
  type JsonObject,
  type RecipeProblem,
} from '../recipe/recipeText';
import type { UserError } from '../userError';
import { cellNames, findAbove, isRecipeName, valueOfCell, type CellText } from './cellNames';
import { isObject, mergeRecipe } from './mergeRecipe';
import { variantsOf, type Variant } from './sweep';

export interface ComposeOptions {
  /**
   * The best weights of a cell above (an index into the cells), for `"weights": { "run": ... }`: the path of a file,
   * absolute or relative to the notebook's folder, with `/`. Undefined where the cell has no ended run with a best epoch.
   */
  weightsOf(index: number): string | undefined;
}

/** A path of a field in a recipe: `['optimizer', 'lr']`. */
export type FieldSegments = readonly (string | number)[];

/** A range of the cell's own text, in UTF-16 code units. */
export type CellPlace = Pick<RecipeProblem, 'offset' | 'length'>;

/** What is wrong with a cell; offset and length are in its own text. */
export interface CellProblem extends RecipeProblem {
  /** `warning`: only the run of another cell is missing, so that the cell cannot run yet. */
  readonly severity: 'error' | 'warning';
}

/** One fine-tune of a cell. */
export interface ComposedRun {
  /** The recipe's name, which names the run folder. */
  readonly name: string;
  /** What it has of its own in a sweep: `optimizer.lr = 0.01, batchSize = 16`. */
  readonly variant: string | undefined;
  /** A complete, plain recipe; `parseRecipe` with the notebook's folder takes it. */
  readonly text: string;
}

/** A cell with all that it takes from the cells above. */
export interface ComposedCell {
  /** The cell's `name`, or `cell N`: the N-th recipe cell, counted from 1. */
  readonly name: string;
  /** Without the sweep; undefined where the cell, or one that it extends, cannot be read. It may be wrong. */
  readonly recipe: JsonObject | undefined;
  /** More than one in a sweep; empty when there are problems. */
  readonly runs: readonly ComposedRun[];
  /** In the order of the text. */
  readonly problems: readonly CellProblem[];
  /**
   * Where the cell's own text says what a field of its recipe is: the field itself, for what it inherits `extends`, for
   * what is missing the object it would be in.
   */
  placeOf(path: FieldSegments): CellPlace;
}

/** Makes the complete recipes of the recipe cell at `index`. */
export function composeCell(
  cells: readonly CellText[],
  index: number,
  options: ComposeOptions,
): ComposedCell {
  return new Composition(cells, index, options).compose();
}

/** One UserError of all that keeps a cell from running; undefined when nothing does. `text` is the cell's own. */
export function refusalOf({ name, problems }: ComposedCell, text: string): UserError | undefined {
  return problems.length === 0
    ? undefined
    : refuseRecipe(t('The cell {0}', JSON.stringify(name)), problems, text);
}

/** Fields that are a cell's own and no other's. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['name', 'extends', 'sweep', '$schema', 'resolved']);
const WEIGHTS_EXAMPLE = '{ "run": "case 1" }';

class Composition {
  private readonly names: readonly (string | undefined)[];
  private readonly problems: CellProblem[] = [];
  private readonly name: string;
  private readonly own: JsonObject | undefined;
  private readonly root: Node | undefined;
  private readonly base: string | undefined;
  private recipe: JsonObject | undefined;

  constructor(
    private readonly cells: readonly CellText[],
    private readonly index: number,
    private readonly options: ComposeOptions,
  ) {
    const name = (this.names = cellNames(cells))[index];
    if (name === undefined) throw new Error(`Cell ${index} is no recipe`);
    this.name = name;
    const { value, root, problems } = readRecipeText(cells[index]!.text);
    this.problems.push(...problems.map(problem => ({ ...problem, severity: 'error' as const })));
    this.root = root;
    if (isObject(value)) this.own = value;
    // What is wrong with a list in place of an object, its check says.
    else if (value !== undefined) this.check(checkFields(value, placesIn(root)));
    this.base = typeof this.own?.extends === 'string' ? this.own.extends : undefined;
  }

  compose(): ComposedCell {
    const runs = this.own ? this.composeRuns(this.own) : [];
    return {
      name: this.name,
      recipe: this.recipe,
      runs: this.problems.length > 0 ? [] : runs,
      problems: this.problems.sort((a, b) => a.offset - b.offset),
      placeOf: path => this.placesOf([])(path, 'value'),
    };
  }

  private composeRuns(own: JsonObject): readonly ComposedRun[] {
    if (this.names.indexOf(this.name) < this.index) {
      const message = t(
        'a cell above is named {0} as well; give this one another name',
        JSON.stringify(this.name),
      );
      this.add(['name'], message, 'value');
    }
    const fields = this.fieldsOf(this.index, own);
    if (typeof fields === 'string') {
      this.add(['extends'], fields, 'value');
      return [];
    }
    this.recipe = withName(own.name === undefined ? this.name : own.name, fields);
    const { variants, problems } = own.sweep === undefined ? NO_SWEEP : variantsOf(own.sweep);
    for (const { path, part, message } of problems) this.add(['sweep', ...path], message, part);

    const resolved = this.resolve(this.recipe, []);
    if (this.problems.length > 0) return [];
    if (own.sweep === undefined)
      return [{ name: this.name, variant: undefined, text: this.plainText(resolved) }];
    return variants.map((variant, number) => {
      const name = runName(this.name, variant.label, number + 1, variants.length);
      const recipe = mergeRecipe(withName(name, fields), variant.changes);
      return { name, variant: variant.label, text: recipeText(this.resolve(recipe, variant.chosen)) };
    });
  }

  /** What the cell at `index` says with what it takes from above, or why that cannot be had. */
  private fieldsOf(index: number, own: JsonObject): JsonObject | string {
    const fields = emptyObject();
    for (const [name, value] of Object.entries(own)) if (!OWN_FIELDS.has(name)) fields[name] = value;
    if (own.extends === undefined) return fields;
    if (typeof own.extends !== 'string')
      return t('extends must be the name of a cell above, such as "case 1"');
    const quoted = JSON.stringify(own.extends);
    const found = findAbove(this.names, index, own.extends);
    if (typeof found === 'string') return found;
    const value = valueOfCell(this.cells[found]!.text);
    if (!isObject(value)) return t('{0} cannot be read; mend that cell first', quoted);
    const base = this.fieldsOf(found, value);
    return typeof base === 'string' ? t('{0} is not right: {1}', quoted, base) : mergeRecipe(base, fields);
  }

  /** The recipe with the file of its weights, checked. */
  private resolve(recipe: JsonObject, chosen: Variant['chosen']): JsonObject {
    const places = this.placesOf(chosen);
    const resolved = Object.assign(emptyObject(), recipe);
    if (isObject(recipe.weights)) resolved.weights = this.weightsFile(recipe.weights, places) ?? 'imagenet';
    const inherited = new Set<string>();
    const found = checkFields(resolved, (path, part) => {
      if (part !== 'start' && this.isInherited(path, chosen)) inherited.add(fieldPath(path));
      return places(path, part);
    });
    this.check(
      found.map(problem =>
        inherited.has(problem.path)
          ? { ...problem, message: t('{0} (from {1})', problem.message, JSON.stringify(this.base)) }
          : problem,
      ),
    );
    return resolved;
  }

  private weightsFile(weights: JsonObject, places: PlaceOfField): string | undefined {
    const { run, ...others } = weights;
    const at = (message: string, severity: CellProblem['severity']): undefined =>
      this.check([{ path: 'weights.run', message, ...places(['weights', 'run'], 'value') }], severity);
    if (typeof run !== 'string' || Object.keys(others).length > 0) {
      return at(
        t('weights must name a cell above, as in {0}, not {1}', WEIGHTS_EXAMPLE, jsonLine(weights)),
        'error',
      );
    }
    const found = findAbove(this.names, this.index, run);
    if (typeof found === 'string') return at(found, 'error');
    const file = this.options.weightsOf(found);
    return file ?? at(t('{0} has no finished run yet; run that cell first', JSON.stringify(run)), 'warning');
  }

  /** Where the cell's own text has a field of its recipe, with the values that a sweep has chosen. */
  private placesOf(chosen: Variant['chosen']): PlaceOfField {
    const own = placesIn(this.root);
    return (path, part) => {
      const value = chosen.find(({ field }) => `${fieldPath(path)}.`.startsWith(`${field}.`));
      if (value) return own(['sweep', value.field, value.index], 'value');
      const isMissing = part === 'start' && path.length === 0 && this.base !== undefined;
      return isMissing || this.isInherited(path, chosen) ? own(['extends'], 'value') : own(path, part);
    };
  }

  private isInherited(path: FieldSegments, chosen: Variant['chosen']): boolean {
    if (!this.root || this.base === undefined || path.length === 0) return false;
    if (chosen.some(({ field }) => `${fieldPath(path)}.`.startsWith(`${field}.`))) return false;
    if (findNodeAtLocation(this.root, [...path])) return false;
    return hasValue(this.recipe, path) || !findNodeAtLocation(this.root, path.slice(0, 1));
  }

  /** The cell's own text, comments and all, where it stands for itself. */
  private plainText(recipe: JsonObject): string {
    const { own } = this;
    const { text } = this.cells[this.index]!;
    if (own?.extends !== undefined || isObject(own?.weights)) return recipeText(recipe);
    if (own?.name !== undefined) return text;
    return changeRecipe(text, [{ path: ['name'], value: this.name }]);
  }

  private add(path: FieldSegments, message: string, part: 'key' | 'value'): void {
    this.check([{ path: fieldPath(path), message, ...placesIn(this.root)(path, part) }]);
  }

  /** Notes problems, those of several variants once. */
  private check(problems: readonly RecipeProblem[], severity: CellProblem['severity'] = 'error'): undefined {
    for (const problem of problems) {
      const isKnown = this.problems.some(
        ({ message, offset }) => message === problem.message && offset === problem.offset,
      );
      if (!isKnown) this.problems.push({ ...problem, severity });
    }
  }
}

const NO_SWEEP = { variants: [], problems: [] } as const;

function hasValue(recipe: JsonObject | undefined, path: FieldSegments): boolean {
  let at: JsonObject[string] | undefined = recipe;
  for (const segment of path) {
    if (typeof at !== 'object' || at === null) return false;
    at = Array.isArray(at) ? at[Number(segment)] : at[segment];
  }
  return at !== undefined;
}

function withName(name: JsonObject[string], fields: JsonObject): JsonObject {
  return Object.assign(emptyObject(), { name }, fields);
}

function runName(cell: string, label: string, number: number, count: number): string {
  const name = `${cell} (${label})`;
  return isRecipeName(name) ? name : `${cell.slice(0, 80)} (${number} of ${count})`;
}

/** A line for each field, in the order in which the schema has them. */
function recipeText(recipe: JsonObject): string {
  const order = Object.keys(recipeSchema.properties ?? {});
  const names = Object.keys(recipe).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const lines = names.map(name => `  ${JSON.stringify(name)}: ${jsonLine(recipe[name]!)}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}
