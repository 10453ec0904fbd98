import type { FineTuneCase } from '../recipe/fourCases';
import type { ThawCell } from './thawDocument';

/** What a new notebook is proposed for. Paths as they stand in a recipe: relative to the notebook, with `/`. */
export interface NotebookSketch {
  readonly name: string;
  readonly folder: string;
  readonly labels?: {
    readonly file: string;
    readonly image: string;
    readonly label: string;
    readonly group?: string;
  };
  readonly classes: readonly { readonly name: string; readonly images: number }[];
  readonly model: string;
  readonly fineTuneCase: FineTuneCase;
}

/** Markdown and recipe cells: the case that the data looks like, and a second recipe to compare it with. */
export function proposeCells(sketch: NotebookSketch): readonly ThawCell[] {
  throw new Error(`Not written yet: ${sketch.name}`);
}
