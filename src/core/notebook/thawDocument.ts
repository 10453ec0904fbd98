import type { RunOutput } from '../../protocol/notebookOutput';
import type { JsonObject } from '../recipe/recipeText';

/** What a `*.thaw` file holds. */
export interface ThawDocument {
  readonly cells: readonly ThawCell[];
  /** Fields that this version does not know; they are written back as they were. */
  readonly others?: JsonObject;
}

export interface ThawCell {
  readonly kind: 'markdown' | 'recipe';
  /** As typed, line endings included. */
  readonly text: string;
  /** Of recipe cells only. */
  readonly output?: RunOutput;
  /** Fields of the cell that this version does not know; they are written back as they were. */
  readonly others?: JsonObject;
}

/** Largest notebook that is read or written, in bytes of UTF-8. */
export const MAX_NOTEBOOK_BYTES = 16_000_000;
/** Most cells of a notebook. */
export const MAX_CELLS = 1000;
/** Longest text of a cell, in UTF-16 code units; as long as a recipe may be. */
export const MAX_CELL_CHARACTERS = 1_000_000;

/**
 * Reads a notebook's file. A UserError says in which line and column it is wrong and what would be right: nothing is
 * left out, guessed or mended, and an empty file is no empty notebook.
 */
export function readThawDocument(bytes: Uint8Array): ThawDocument {
  throw new Error(`Not written yet: ${bytes.length}`);
}

/** The file of a notebook: `readThawDocument` gives the same document back. A UserError where a limit is passed. */
export function writeThawDocument(document: ThawDocument): Uint8Array {
  throw new Error(`Not written yet: ${document.cells.length}`);
}
