import { MAX_CELL_RUNS, type RunOutput, type RunSummary } from '../../src/protocol/notebookOutput';

/** Longest text that is shown of an output. */
const MAX_CHARACTERS = 100_000;
const STATUSES: readonly unknown[] = [
  'completed',
  'cancelled',
  'failed',
  'crashed',
] satisfies readonly RunSummary['status'][];

/** The data of an output that may come from anyone's notebook; undefined where it is no `RunOutput`. */
export function readRunOutput(value: unknown): RunOutput | undefined {
  return isRunOutput(value) ? value : undefined;
}

function isRunOutput(value: unknown): value is RunOutput {
  if (!isObject(value) || value['version'] !== 1) return false;
  const { runs } = value;
  return Array.isArray(runs) && runs.length > 0 && runs.length <= MAX_CELL_RUNS && runs.every(isRunReference);
}

function isRunReference(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { folder, name, variant, summary } = value;
  return isText(folder) && isText(name) && isOptional(variant, isText) && isOptional(summary, isRunSummary);
}

function isRunSummary(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { status, model, epochs, bestEpoch, bestAccuracy, seconds, message } = value;
  return (
    STATUSES.includes(status) &&
    isText(model) &&
    isWhole(epochs, 0) &&
    isWhole(bestEpoch, -1) &&
    isNumber(bestAccuracy, 0, 1) &&
    isNumber(seconds, 0, Number.MAX_SAFE_INTEGER) &&
    isOptional(message, isText)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isOptional(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return value === undefined || isRight(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_CHARACTERS;
}

function isNumber(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
