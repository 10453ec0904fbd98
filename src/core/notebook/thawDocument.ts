import { t } from '../../protocol/language';
import type { RunOutput } from '../../protocol/notebookOutput';
import { placesIn } from '../recipe/checkRecipe';
import {
  emptyObject,
  lineAndColumn,
  readJsonText,
  type JsonDialect,
  type JsonObject,
  type JsonValue,
} from '../recipe/recipeText';
import { UserError } from '../userError';
import { wrongFields } from './documentFields';

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
export const MAX_NOTEBOOK_BYTES = 4_000_000;
const VERSION = 1;

const NOTEBOOK: JsonDialect = {
  what: 'notebook',
  comments: false,
  rewritten: true,
  maxCharacters: MAX_NOTEBOOK_BYTES,
  least: '{ "version": 1, "cells": [] }',
};

/**
 * Reads a notebook's file. A UserError says in which line and column it is wrong and what would be right: nothing is
 * left out, guessed or mended, and an empty file is no empty notebook.
 */
export function readThawDocument(bytes: Uint8Array): ThawDocument {
  requireSize(bytes);
  const text = decode(bytes);
  const { value, root, problems } = readJsonText(text, NOTEBOOK);
  const [problem] = problems;
  if (problem) throw refusal(text, problem.offset, problem.message);
  const [wrong] = wrongFields(value!);
  if (wrong) throw refusal(text, placesIn(root)(wrong.path, wrong.part).offset, wrong.message);

  const document = value as JsonObject;
  return { cells: (document.cells as JsonObject[]).map(cellOf), ...othersOf(document, ['version', 'cells']) };
}

/** The file of a notebook: `readThawDocument` gives the same document back. A UserError where a limit is passed. */
export function writeThawDocument({ cells, others }: ThawDocument): Uint8Array {
  const value = { version: VERSION, cells: cells.map(jsonOf), ...others };
  const [wrong] = wrongFields(value as unknown as JsonValue);
  if (wrong) throw new UserError(t('The notebook cannot be saved: {0}', wrong.message));
  // Half of a surrogate pair, which UTF-8 cannot hold, is escaped by JSON.stringify.
  const bytes = new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
  requireSize(bytes);
  return bytes;
}

function cellOf(cell: JsonObject): ThawCell {
  const { kind, text, output } = cell;
  return {
    kind: kind as ThawCell['kind'],
    text: (text as string[]).join('\n'),
    ...(output === undefined ? {} : { output: output as unknown as RunOutput }),
    ...othersOf(cell, ['kind', 'text', 'output']),
  };
}

function jsonOf({ kind, text, output, others }: ThawCell): object {
  // Whatever else ends a line stays in the line.
  return { kind, text: text.split('\n'), ...(output && { output }), ...others };
}

function othersOf(object: JsonObject, known: readonly string[]): { others?: JsonObject } {
  const names = Object.keys(object).filter(name => !known.includes(name));
  if (names.length === 0) return {};
  const others = emptyObject();
  for (const name of names) others[name] = object[name]!;
  return { others };
}

function requireSize({ length }: Uint8Array): void {
  if (length <= MAX_NOTEBOOK_BYTES) return;
  throw new UserError(
    t(
      'The notebook is {0} MB large, of which at most {1} MB are read: spread its cells over several notebooks.',
      (length / 1e6).toFixed(1),
      MAX_NOTEBOOK_BYTES / 1e6,
    ),
  );
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(t('The notebook is no text in UTF-8: it is damaged or another kind of file.'));
  }
}

function refusal(text: string, offset: number, message: string): UserError {
  const { line, column } = lineAndColumn(text, offset);
  return new UserError(t('The notebook cannot be read: line {0}, column {1}: {2}', line, column, message));
}
