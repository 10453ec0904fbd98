import { existsSync } from 'node:fs';
import { readdir, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { t } from '../../protocol/language';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import { datasetFingerprint, type DatasetFingerprint } from '../dataset/datasetFingerprint';
import { parseRecipe } from '../recipe/parseRecipe';
import type { Recipe } from '../recipe/recipe';
import { hasBest, readCheckpoint, settleCheckpoint, type Checkpoint } from '../run/checkpoint';
import { readEvents } from '../run/eventLog';
import { isWorking, liveFiles, readLiveState } from '../run/liveState';
import { readRunSettings, runFiles, type RunSettings } from '../run/runFolder';
import type { RunRecorder } from '../run/runRecorder';
import { UserError } from '../userError';
import { prepareRun, type PreparedRun, type PrepareOptions } from './prepareRun';
import { recorded, type Recording } from './recorded';
import { helpsOnly, type TrainOptions } from './trainer';
import { trainPrepared } from './trainPrepared';

export interface ResumeOptions
  extends Omit<TrainOptions, 'from' | 'workspace'>, Omit<PrepareOptions, 'workspace'> {
  /** The engine to go on with, by its name in a recipe; left out: the one that the run was begun on. */
  readonly engine?: string | undefined;
  /** Already open on the run folder, and to be closed by whoever opened it. */
  readonly recorder?: RunRecorder;
}

/**
 * Goes on with a run that was stopped, or whose process ended, from where its folder says; yields all that happens. On
 * the CPU it comes to what it would have come to uninterrupted, bit for bit. A UserError says why it cannot go on:
 * it is complete or live, or its images or weights are others now. Nothing is changed then.
 */
export async function* resumeRun(
  folder: string,
  options: ResumeOptions,
): AsyncGenerator<TrainingEvent, void> {
  yield* recorded(options, given => prepareAndResume(resolve(folder), { ...options, ...given }));
}

async function* prepareAndResume(
  folder: string,
  options: ResumeOptions & Recording,
): AsyncGenerator<TrainingEvent, void> {
  const { recorder } = options;
  const settings = await readRunSettings(folder);
  const recipe = recipeOf(folder, settings, options.engine);
  await requireUnfinished(folder);
  const written = await readCheckpoint(folder);
  if (!written && existsSync(join(folder, runFiles.bestWeights))) {
    throw new UserError(
      t(
        '{0} does not say where the run was: it has no last/checkpoint.json. Train its recipe anew, ' +
          'perhaps with "weights" set to its {1}.',
        folder,
        runFiles.bestWeights,
      ),
    );
  }
  if (recorder.folder === undefined) {
    requireIdle(folder);
    await rm(join(folder, liveFiles.stop), { force: true });
    recorder.open(folder);
  }
  await clearAway(folder);
  if (written) await settleCheckpoint(folder, written);
  const from = written && (await withBestThatIsThere(folder, written));

  const workspace = workspaceOf(folder);
  const preparing = prepareRun(recipe, { ...options, workspace });
  let step = await preparing.next();
  for (; !step.done; step = await preparing.next()) {
    // The run's log has the rest already.
    if (step.value.kind === 'progress') yield step.value;
  }
  const run = step.value;
  try {
    if (run.trainer.help) throw helpsOnly();
    await requireSame(run, settings, folder);
    for (const message of [...lostBest(written, from), ...changedEngine(run, settings)]) {
      yield { kind: 'note', message };
    }
    yield* trainPrepared(run, folder, { ...options, workspace, from, resumes: true });
  } finally {
    run.trainer.dispose();
  }
}

/** Throws a UserError while a process works on a run. */
export function requireIdle(folder: string): void {
  const live = readLiveState(folder);
  if (live && isWorking(live)) {
    throw new UserError(
      t('{0} is being trained by process {1}: stop that first, or let it end.', folder, live.process.pid),
    );
  }
}

/** The run's own recipe, with the engine that it was begun on or another. */
function recipeOf(folder: string, { recipe, resolved }: RunSettings, engine: string | undefined): Recipe {
  const text = JSON.stringify({ ...recipe, engine: engine ?? resolved.engine?.name ?? recipe.engine });
  return parseRecipe(text, { folder: dirname(folder), file: join(basename(folder), runFiles.recipe) });
}

async function requireUnfinished(folder: string): Promise<void> {
  const events: readonly TrainingEvent[] = await readEvents(join(folder, runFiles.events)).catch(() => []);
  const ended = events.findLast(event => event.kind === 'runEnded');
  if (ended?.status !== 'completed') return;
  throw new UserError(
    t(
      '{0} is complete: nothing of it is left to train. To train on from its best epoch, ' +
        'set "weights" in a recipe to its {1}.',
      folder,
      runFiles.bestWeights,
    ),
  );
}

/** Files that a process which was killed had not yet given their names. */
async function clearAway(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^\..+\.(\d+|[0-9a-f]{12})\.tmp$/.test(name)) await unlink(join(folder, name)).catch(() => undefined);
  }
}

/** A run that lies elsewhere than in `.thaw/runs` keeps what it caches beside it. */
function workspaceOf(folder: string): string {
  const [runs, thaw] = [dirname(folder), dirname(dirname(folder))];
  return basename(runs) === 'runs' && basename(thaw) === '.thaw' ? dirname(thaw) : runs;
}

async function withBestThatIsThere(folder: string, { best, ...from }: Checkpoint): Promise<Checkpoint> {
  return best && (await hasBest(folder, best)) ? { ...from, best } : from;
}

function lostBest(written: Checkpoint | undefined, from: Checkpoint | undefined): readonly string[] {
  if (!written?.best || from?.best) return [];
  return [
    t(
      'The files of the best epoch, {0}, are gone or damaged: the best of the epochs to come is kept, even if it is less good.',
      written.best.epoch,
    ),
  ];
}

function changedEngine({ trainer }: PreparedRun, { resolved }: RunSettings): readonly string[] {
  const { name, version, device } = trainer.engine;
  const before =
    resolved.engine && `${resolved.engine.name} ${resolved.engine.version} (${resolved.engine.device})`;
  const now = `${name} ${version} (${device})`;
  return before === now
    ? []
    : [
        t(
          'The run began with {0} and goes on with {1}: its numbers may differ in their last digits.',
          before ?? t('another engine'),
          now,
        ),
      ];
}

/** A UserError says what is no longer as the run began. */
async function requireSame(run: PreparedRun, { resolved }: RunSettings, folder: string): Promise<void> {
  const anew = t('or train the recipe anew');
  const { classes, weightsSource, dataset } = run;
  if (classes.join('\n') !== resolved.classes.join('\n')) {
    throw new UserError(
      t(
        'The classes have changed since the run {0} began: they were {1} and are {2}. Put the folders of images back as they were, {3}.',
        folder,
        resolved.classes.join(', '),
        classes.join(', '),
        anew,
      ),
    );
  }
  const data = await datasetFingerprint(dataset);
  if (resolved.data && data.sha256 !== resolved.data.sha256) {
    throw new UserError(
      t(
        'The images have changed since the run {0} began: {1}. Put them back as they were, {2}.',
        folder,
        difference(resolved.data, data),
        anew,
      ),
    );
  }
  if (digestOf(weightsSource) !== digestOf(resolved.weights)) {
    const file = 'file' in weightsSource ? weightsSource.file : t('The file');
    throw new UserError(
      t(
        'weights: {0} has changed since the run {1} began. Put back the file that was there, {2}.',
        file,
        folder,
        anew,
      ),
    );
  }
}

function difference(before: DatasetFingerprint, now: DatasetFingerprint): string {
  if (before.train === now.train && before.test === now.test) {
    return t('as many as there were, but some are renamed, replaced or labelled otherwise');
  }
  const counts = ({ train, test }: DatasetFingerprint): string =>
    t('{0} for training and {1} for testing', train, test);
  const change = now.train + now.test - before.train - before.test;
  const values = [counts(before), counts(now), Math.abs(change)] as const;
  if (change === 0) return t('there were {0}, now there are {1} (some moved)', ...values);
  return change > 0
    ? t('there were {0}, now there are {1} ({2} more)', ...values)
    : t('there were {0}, now there are {1} ({2} fewer)', ...values);
}

function digestOf(source: RunSettings['resolved']['weights'] | undefined): string {
  return source === undefined ? '' : 'sha256' in source ? source.sha256 : `seed ${source.seed}`;
}
