import type { JsonObject, RecipeProblem } from '../recipe/recipeText';
import type { ThawCell } from './thawDocument';

/** What composing looks at: the cells of a notebook, markdown included. */
export type CellText = Pick<ThawCell, 'kind' | 'text'>;

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
export interface CellPlace {
  readonly offset: number;
  readonly length: number;
}

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
  throw new Error(`Not written yet: ${cells.length} ${index} ${typeof options}`);
}

/** The names of the cells, an entry for each; undefined for markdown. */
export function cellNames(cells: readonly CellText[]): readonly (string | undefined)[] {
  throw new Error(`Not written yet: ${cells.length}`);
}

/** One UserError of all that keeps a cell from running; undefined when nothing does. */
export function refusalOf(cell: ComposedCell, text: string): Error | undefined {
  throw new Error(`Not written yet: ${cell.name} ${text}`);
}
