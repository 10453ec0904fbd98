import { createHash, randomBytes } from 'node:crypto';
import { copyFile, lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { t } from '../../protocol/language';
import type { PhaseEndedEvent } from '../../protocol/trainingEvent';
import { asWriteError, writeFileAtomically } from '../atomicWrite';
import type { Work } from '../progress';
import { fieldsOf } from '../recipe/fieldsOf';
import { recipeToJson } from '../recipe/recipeToJson';
import { readRegularFile } from '../regularFile';
import { replaceWith } from '../replaceWith';
import { readRunSettings, runFiles, type RunSettings } from '../run/runFolder';
import { RunRecord, type RunStatus } from '../run/runRecord';
import { UserError } from '../userError';

/** `RunStatus` of MLflow's service.proto. */
const STATUS: Readonly<Record<RunStatus, number>> = {
  ...{ queued: 2, preparing: 1, running: 1, completed: 3, failed: 4, crashed: 4, cancelled: 5 },
};
const LOCAL_SOURCE = 4;
/** MLflow refuses longer values of parameters. */
const MAX_PARAMETER = 6000;
const MAX_META_BYTES = 2 ** 20;
/** Files of the run folder that MLflow shows as artifacts, where they are there. */
const ARTIFACTS = [...Object.values(runFiles), 'layers.json'];

export interface LoggedRun {
  /** The run's identity in MLflow, 32 hexadecimal digits: the same whenever this run is logged. */
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
}

/**
 * Writes a run into MLflow's file store, `FOLDER/<experiment>/<run>/` with `meta.yaml`, `params`, `metrics`, `tags` and
 * `artifacts`, as mlflow/store/tracking/file_store.py reads it. A run that was logged before is replaced as a whole.
 */
export async function* logToMlflow(
  run: string,
  store: string,
  experimentName: string,
  signal: AbortSignal,
): Work<LoggedRun> {
  const settings = await readRunSettings(run);
  const record = new RunRecord(resolve(run));
  await record.refresh();
  yield { task: t('Logging the run'), done: 0, total: ARTIFACTS.length, unit: 'files' };
  try {
    await mkdir(store, { recursive: true });
    const experiment = await findExperiment(resolve(store), experimentName);
    const id = idOf(record.name, settings);
    const folder = join(experiment.folder, id);
    // Beside the experiments, where MLflow looks for none.
    const staging = join(resolve(store), '.trash', `thaw-${id}-${randomBytes(6).toString('hex')}`);
    await mkdir(staging, { recursive: true });
    try {
      await writeTexts(staging, 'params', parametersOf(settings));
      await writeTexts(staging, 'metrics', metricsOf(record, settings));
      await writeTexts(staging, 'tags', tagsOf(record));
      await mkdir(join(staging, 'artifacts'));
      for (const [done, file] of ARTIFACTS.entries()) {
        signal.throwIfAborted();
        await copyIfThere(join(run, file), join(staging, 'artifacts', file));
        yield { task: t('Logging the run'), done: done + 1, total: ARTIFACTS.length, unit: 'files' };
      }
      const meta = metaOf(record, settings, { id, experiment: experiment.id, folder });
      await writeFile(join(staging, 'meta.yaml'), yaml(meta));
      await replaceWith(staging, folder);
      return { id, folder };
    } finally {
      await rm(staging, { recursive: true, force: true, maxRetries: 5 });
    }
  } catch (error) {
    throw asWriteError(error, store);
  }
}

/** The experiment of that name; made where there is none. */
async function findExperiment(
  store: string,
  name: string,
): Promise<{ readonly id: string; readonly folder: string }> {
  const taken = new Set<string>();
  for (const entry of await readdir(store, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    taken.add(entry.name);
    const text = await readRegularFile(join(store, entry.name, 'meta.yaml'), MAX_META_BYTES).catch(
      () => undefined,
    );
    if (text && yamlText(text.toString('utf8'), 'name') === name)
      return { id: entry.name, folder: join(store, entry.name) };
  }
  // Of digits, as MLflow's own.
  const id = (BigInt(`0x${hash(name)}`) % 10n ** 18n).toString().padStart(18, '1');
  if (taken.has(id))
    throw new UserError(t('{0} is there and is another experiment; choose another name.', join(store, id)));
  const folder = join(store, id);
  await mkdir(folder);
  const now = Date.now();
  await writeFileAtomically(
    join(folder, 'meta.yaml'),
    yaml({
      ...{ artifact_location: pathToFileURL(folder).href, creation_time: now, experiment_id: id },
      ...{ last_update_time: now, lifecycle_stage: 'active', name },
    }),
  );
  return { id, folder };
}

function metaOf(
  record: RunRecord,
  settings: RunSettings,
  { id, experiment, folder }: { readonly id: string; readonly experiment: string; readonly folder: string },
): Readonly<Record<string, unknown>> {
  const start = startOf(record, settings);
  return {
    artifact_uri: pathToFileURL(join(folder, 'artifacts')).href,
    end_time: record.ended ? Math.round(start + 1000 * record.ended.seconds) : null,
    ...{ entry_point_name: '', experiment_id: experiment, lifecycle_stage: 'active', run_id: id },
    ...{ run_name: record.name, source_name: 'thaw', source_type: LOCAL_SOURCE, source_version: '' },
    ...{ start_time: start, status: STATUS[record.status], tags: [], user_id: '' },
  };
}

/** Every field of the recipe by its path, and what the run settled. */
function parametersOf({ recipe, resolved }: RunSettings): Readonly<Record<string, string>> {
  const { classes, engine, weights } = resolved;
  const settled = { classes, engine: `${engine.name} ${engine.version}`, weights };
  const all = [...fieldsOf(recipeToJson(recipe)), ...fieldsOf(settled, 'resolved')];
  return Object.fromEntries(all.map(([path, json]) => [path, textOf(json).slice(0, MAX_PARAMETER)]));
}

function textOf(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : json;
}

/** A line for each epoch: time in ms, value, step. When a phase ended is what came before it, added up. */
function metricsOf(record: RunRecord, settings: RunSettings): Readonly<Record<string, string>> {
  const lines = new Map<string, string[]>();
  let time = startOf(record, settings);
  const add = (name: string, value: number | undefined, epoch: number): void => {
    if (value === undefined) return;
    const line = `${Math.round(time)} ${numberText(value)} ${epoch}\n`;
    lines.set(name, [...(lines.get(name) ?? []), line]);
  };
  const phases = record.events.filter((event): event is PhaseEndedEvent => event.kind === 'phaseEnded');
  for (const { epoch, phase, loss, accuracy, lr, seconds } of phases) {
    time += 1000 * seconds;
    add(`${phase}_loss`, loss, epoch);
    add(`${phase}_accuracy`, accuracy, epoch);
    add('learning_rate', lr, epoch);
  }
  const best = record.events.findLast(event => event.kind === 'bestEpoch');
  if (best) add('best_test_accuracy', best.accuracy, best.epoch);
  return Object.fromEntries([...lines].map(([name, all]) => [name, all.join('')]));
}

/** As Python reads floats. */
function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

function tagsOf(record: RunRecord): Readonly<Record<string, string>> {
  return {
    'mlflow.runName': record.name,
    'mlflow.source.name': 'thaw',
    'mlflow.source.type': 'LOCAL',
    'thaw.runFolder': record.folder,
  };
}

function startOf(record: RunRecord, { resolved }: RunSettings): number {
  const started = Date.parse(resolved.started ?? '');
  return Math.round(Number.isNaN(started) ? record.time : started);
}

function idOf(name: string, { resolved }: RunSettings): string {
  return hash(JSON.stringify([name, resolved.started, resolved.weights])).slice(0, 32);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function writeTexts(
  folder: string,
  kind: string,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(join(folder, kind));
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, kind, name), text);
}

/** A link of a run folder, which may come from anyone, is left out. */
async function copyIfThere(from: string, to: string): Promise<void> {
  const isFile = await lstat(from).then(
    stats => stats.isFile(),
    () => false,
  );
  if (isFile) await copyFile(from, to);
}

/** Texts are JSON's, which is YAML. */
function yaml(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** The text of a key at the outermost level, plain or in quotes; undefined where there is none. */
function yamlText(text: string, key: string): string | undefined {
  const [, value] = new RegExp(`^${key}: *(.*?) *$`, 'm').exec(text) ?? [];
  if (value === undefined) return undefined;
  if (value.startsWith("'")) return value.slice(1, -1).replaceAll("''", "'");
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return undefined;
  }
}
