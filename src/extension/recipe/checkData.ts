import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { t } from '../../protocol/language';
import { labelColumns } from '../../core/dataset/countLabels';
import { nearestName } from '../../core/recipe/nearestName';
import type { JsonValue } from '../../core/recipe/recipeText';
import { UserError } from '../../core/userError';
import type { DataFacts, DataSummary } from './dataFacts';
import { dataFields, dataPlace, fieldOf, type LabelsFields } from './dataPlace';
import { remove, replaceBy, type Finding, type Fix } from './findings';

const MOST_COLUMNS = 30;
/** Names read of a folder to find a near one. */
const MOST_NAMES = 10_000;

export interface CheckDataOptions {
  /** The recipe's file. */
  readonly file: string;
  readonly facts: DataFacts;
  readonly signal: AbortSignal;
}

/** What is wrong with the images, the file of labels, the weights' file and the number of classes of a recipe. */
export async function checkData(recipe: JsonValue, options: CheckDataOptions): Promise<readonly Finding[]> {
  const { folder, labels } = dataFields(recipe);
  const found = [
    ...(folder === undefined ? [] : await checkPath(['data', 'folder'], folder, 'folder', options)),
    ...(labels ? await checkLabels(labels, options) : []),
    ...(await checkWeights(recipe, options)),
  ];
  options.signal.throwIfAborted();
  if (found.some(({ path }) => path[0] === 'data')) return found;
  return [...found, ...(await checkContent(recipe, options))];
}

/** Whether the data is fit to train on, and has as many classes as the recipe says. */
async function checkContent(
  recipe: JsonValue,
  { file, facts, signal }: CheckDataOptions,
): Promise<readonly Finding[]> {
  const place = dataPlace(recipe, file);
  if (!place) return [];
  try {
    return checkClasses(recipe, await facts.find(place, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    const path = place.labels ? ['data', 'labels', 'file'] : ['data', 'folder'];
    return [{ severity: 'error', message: error.message, path, fixes: [] }];
  }
}

function checkClasses(recipe: JsonValue, { classes }: DataSummary): readonly Finding[] {
  const wanted = fieldOf(recipe, 'classes');
  const count = classes.length;
  if (typeof wanted !== 'number' || !Number.isInteger(wanted) || wanted < 2 || wanted === count) return [];
  const names = classes.map(({ name }) => name);
  const listed = names.slice(0, 10).join(', ') + (count > 10 ? t(' and {0} more', count - 10) : '');
  const tooFew = wanted < count;
  const fixes = [remove(['classes'], t('Leave classes out: as many as the data has'))];
  if (count >= 2)
    fixes.unshift({ title: t('Set classes to {0}', count), changes: [{ path: ['classes'], value: count }] });
  const what =
    count === 1
      ? t('The data has 1 class ({0})', listed)
      : t('The data has {0} classes ({1})', count, listed);
  return [
    {
      severity: tooFew ? 'error' : 'warning',
      message: tooFew
        ? t('{0}, more than the {1} outputs of the model', what, wanted)
        : t('{0}: {1} of the {2} outputs would never be right', what, wanted - count, wanted),
      path: ['classes'],
      fixes,
    },
  ];
}

async function checkLabels(labels: LabelsFields, options: CheckDataOptions): Promise<readonly Finding[]> {
  if (labels.file === undefined) return [];
  const path = ['data', 'labels', 'file'];
  const missing = await checkPath(path, labels.file, 'file', options);
  const file = resolve(dirname(options.file), labels.file);
  if (missing.length > 0 || !(await options.facts.mayRead(file))) return missing;
  try {
    const columns = await labelColumns(file);
    const wanted = (['image', 'label', 'group'] as const).filter(role => labels[role] !== undefined);
    return wanted
      .filter(role => !columns.includes(labels[role]!))
      .map(role => unknownColumn(role, labels[role]!, columns, labels.file!));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ severity: 'error', message: error.message, path, fixes: [] }];
  }
}

function unknownColumn(
  role: 'image' | 'label' | 'group',
  name: string,
  columns: readonly string[],
  file: string,
): Finding {
  const path = ['data', 'labels', role];
  const nearest = nearestName(name, columns);
  const ordered = [
    ...(nearest === undefined ? [] : [nearest]),
    ...columns.filter(other => other !== nearest),
  ];
  const fixes = ordered.slice(0, MOST_COLUMNS).map(column => replaceBy(path, column));
  if (role === 'group') fixes.push(remove(path, t('Let no column keep images together')));
  const listed =
    columns.length === 0
      ? t('it is empty')
      : t('its columns are {0}', columns.slice(0, MOST_COLUMNS).join(', '));
  return {
    severity: 'error',
    message: t('{0} has no column {1}; {2}', basename(file), name, listed),
    path,
    fixes,
  };
}

async function checkWeights(recipe: JsonValue, options: CheckDataOptions): Promise<readonly Finding[]> {
  const weights = fieldOf(recipe, 'weights');
  if (typeof weights !== 'string' || !/\.(safetensors|pth|pt)$/.test(weights)) return [];
  return checkPath(['weights'], weights, 'file', options);
}

/** Whether there is such a file or folder; paths are relative to the recipe's. Nothing is said of what may not be read. */
async function checkPath(
  path: Finding['path'],
  written: string,
  kind: 'file' | 'folder',
  { file, facts }: CheckDataOptions,
): Promise<readonly Finding[]> {
  const base = dirname(file);
  const absolute = resolve(base, written);
  if (!(await facts.mayRead(absolute))) return [];
  const stats = await stat(absolute).catch(() => undefined);
  if (stats && stats.isDirectory() === (kind === 'folder')) return [];
  const message =
    kind === 'file'
      ? stats
        ? t('{0} is a folder, not a file', written)
        : t('There is no file {0}', absolute)
      : stats
        ? t('{0} is a file, not a folder', written)
        : t('There is no folder {0}', absolute);
  const nearest = stats ? undefined : await nearestPath(written, base, kind);
  const hint = nearest ? t('; did you mean {0}?', nearest.changes[0]?.value as string) : '';
  return [{ severity: 'error', message: message + hint, path, fixes: nearest ? [nearest] : [] }];

  async function nearestPath(
    name: string,
    from: string,
    wanted: 'file' | 'folder',
  ): Promise<Fix | undefined> {
    const entries = await readdir(dirname(resolve(from, name)), { withFileTypes: true }).catch(() => []);
    const names = entries
      .slice(0, MOST_NAMES)
      .filter(entry => entry.isDirectory() === (wanted === 'folder'))
      .map(entry => entry.name);
    const near = nearestName(basename(name), names);
    if (near === undefined) return undefined;
    const folder = dirname(name.replaceAll('\\', '/'));
    return replaceBy(path, folder === '.' ? near : join(folder, near).replaceAll('\\', '/'));
  }
}
