import { t } from '../../protocol/language';
import { MAX_CELL_RUNS, type RunSummary } from '../../protocol/notebookOutput';
import { oneOf } from '../recipe/recipeSchema';
import { fieldPath, type JsonObject, type JsonValue } from '../recipe/recipeText';

/** Most cells of a notebook. */
export const MAX_CELLS = 1000;
/** Longest text of a cell, in UTF-16 code units: as long as a recipe may be. */
export const MAX_CELL_CHARACTERS = 1_000_000;
/** Longest text in an output, such as the name of a run. */
const MAX_OUTPUT_CHARACTERS = 100_000;
const VERSION = 1;

/** A field of a notebook's file that is not as it must be. */
export interface WrongField {
  readonly path: readonly (string | number)[];
  /** `start`: the object at the path lacks a field. */
  readonly part: 'value' | 'start';
  readonly message: string;
}

/** What a field must be, to follow "must be", and whether it is. */
type Rule = readonly [expected: () => string, isRight: (value: JsonValue) => boolean];

/** What is wrong with a notebook's file, the first first. Fields that are not known are let be. */
export function* wrongFields(document: JsonValue): Generator<WrongField> {
  const inBraces: Rule = [() => t('an object in braces, such as { "version": 1, "cells": [] }'), isObject];
  if (!isObject(document)) return yield wrong([], inBraces);
  const { version } = document;
  if (typeof version === 'number' && version > VERSION) {
    const message = t(
      'the notebook is of version {0}, which a newer Thaw wrote: this one reads version {1}',
      version,
      VERSION,
    );
    return yield { path: ['version'], part: 'value', message };
  }
  yield* check(document, [], {
    version: VERSION_1,
    cells: list(() => t('a list of at most {0} cells', MAX_CELLS), MAX_CELLS),
  });
  if (!Array.isArray(document.cells)) return;
  for (const [index, cell] of document.cells.entries()) yield* wrongCell(cell, ['cells', index]);
}

const VERSION_1: Rule = [() => '1', value => value === VERSION];
const KIND: Rule = [() => t('"markdown" or "recipe"'), value => value === 'markdown' || value === 'recipe'];
const LINES: Rule = [
  () => t('a list of lines, each in quotes'),
  value => Array.isArray(value) && value.every(line => typeof line === 'string'),
];
const OBJECT: Rule = [() => t('an object in braces'), isObject];
const TEXT: Rule = [
  () => t('text of at most {0} characters', MAX_OUTPUT_CHARACTERS),
  value => typeof value === 'string' && value.length <= MAX_OUTPUT_CHARACTERS,
];
const COUNT: Rule = [() => t('a whole number of at least 0'), value => isWhole(value, 0)];
const EPOCH: Rule = [() => t('a whole number of at least -1'), value => isWhole(value, -1)];
const SHARE: Rule = [() => t('a number from 0 to 1'), value => isFinite(value) && value >= 0 && value <= 1];
const SECONDS: Rule = [() => t('a number of at least 0'), value => isFinite(value) && value >= 0];
const statuses: readonly RunSummary['status'][] = ['completed', 'cancelled', 'failed', 'crashed'];
const STATUS: Rule = [
  () => oneOf(statuses.map(status => JSON.stringify(status))),
  value => statuses.some(status => status === value),
];

function* wrongCell(cell: JsonValue, path: WrongField['path']): Generator<WrongField> {
  if (!isObject(cell)) return yield wrong(path, OBJECT);
  yield* check(cell, path, { kind: KIND, text: LINES });
  const length = Array.isArray(cell.text) ? cell.text.reduce<number>(addLine, -1) : 0;
  if (length > MAX_CELL_CHARACTERS) {
    const expected = t('of at most {0} characters, not {1}', MAX_CELL_CHARACTERS, length);
    yield wrong([...path, 'text'], [() => expected, () => false]);
  }
  const { output, kind } = cell;
  const at = [...path, 'output'];
  if (output === undefined) return;
  if (kind === 'markdown')
    return yield wrong(at, [() => t('left out: only recipes have outputs'), () => false]);
  if (!isObject(output)) return yield wrong(at, OBJECT);
  yield* check(output, at, {
    version: VERSION_1,
    runs: list(() => t('a list of at most {0} runs', MAX_CELL_RUNS), MAX_CELL_RUNS),
  });
  if (!Array.isArray(output.runs)) return;
  for (const [index, run] of output.runs.entries()) yield* wrongRun(run, [...at, 'runs', index]);
}

function* wrongRun(run: JsonValue, path: WrongField['path']): Generator<WrongField> {
  if (!isObject(run)) return yield wrong(path, OBJECT);
  yield* check(run, path, { folder: TEXT, name: TEXT }, { variant: TEXT, summary: OBJECT });
  if (!isObject(run.summary)) return;
  const required = { status: STATUS, model: TEXT, epochs: COUNT };
  const best = { bestEpoch: EPOCH, bestAccuracy: SHARE, seconds: SECONDS };
  yield* check(run.summary, [...path, 'summary'], { ...required, ...best }, { message: TEXT });
}

function* check(
  object: JsonObject,
  path: WrongField['path'],
  required: Readonly<Record<string, Rule>>,
  optional: Readonly<Record<string, Rule>> = {},
): Generator<WrongField> {
  for (const [name, rule] of Object.entries({ ...required, ...optional })) {
    const value = object[name];
    if (value !== undefined) {
      if (!rule[1](value)) yield wrong([...path, name], rule);
    } else if (name in required) {
      const message = t('{0} is missing; it must be {1}', fieldPath([...path, name]), rule[0]());
      yield { path, part: 'start', message };
    }
  }
}

function wrong(path: WrongField['path'], [expected]: Rule): WrongField {
  const name = path.length === 0 ? t('the notebook') : fieldPath(path);
  return { path, part: 'value', message: t('{0} must be {1}', name, expected()) };
}

function list(expected: Rule[0], most: number): Rule {
  return [expected, value => Array.isArray(value) && value.length <= most];
}

function addLine(length: number, line: JsonValue): number {
  return length + 1 + (typeof line === 'string' ? line.length : 0);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFinite(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isWhole(value: JsonValue, least: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}
