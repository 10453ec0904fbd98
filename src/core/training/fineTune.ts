import type { TrainingEvent } from '../../protocol/trainingEvent';
import { datasetFingerprint } from '../dataset/datasetFingerprint';
import type { Recipe } from '../recipe/recipe';
import { createRunFolder, requireEmpty, writeRunSettings } from '../run/runFolder';
import type { RunRecorder } from '../run/runRecorder';
import { prepareRun, type PrepareOptions } from './prepareRun';
import { recorded, type Recording } from './recorded';
import { helpsOnly, type TrainOptions } from './trainer';
import { trainPrepared } from './trainPrepared';

export interface FineTuneOptions extends Omit<TrainOptions, 'from'>, PrepareOptions {
  /** The run folder, where it is not to be a new one below `.thaw/runs`. */
  readonly out: string | undefined;
  /** The program's version, for the run's settings. */
  readonly version: string;
  /** Already open on a run folder, which then takes the place of `out`, and to be closed by whoever opened it. */
  readonly recorder?: RunRecorder;
}

/**
 * Trains what a recipe says and writes a run folder; yields all that happens. A mistake in the recipe or the data is a
 * UserError before anything is written; once a run has started, every end of it is a `runEnded` event.
 */
export async function* fineTune(
  recipe: Recipe,
  options: FineTuneOptions,
): AsyncGenerator<TrainingEvent, void> {
  yield* recorded(options, given => prepareAndTrain(recipe, { ...options, ...given }));
}

async function* prepareAndTrain(
  recipe: Recipe,
  options: FineTuneOptions & Recording,
): AsyncGenerator<TrainingEvent, void> {
  const { workspace, recorder } = options;
  if (options.out !== undefined) await requireEmpty(options.out);
  const run = yield* prepareRun(recipe, options);
  try {
    if (run.trainer.help) {
      if (recorder.folder !== undefined) throw helpsOnly();
      yield* run.trainer.help(options);
      return;
    }
    const folder = recorder.folder ?? (await createRunFolder(recipe, workspace, options.out));
    // Before the settings: who sees a run must also see who works on it.
    if (recorder.folder === undefined) recorder.open(folder);
    const { classes, preprocessing, weightsSource, dataset } = run;
    const { engine } = run.trainer;
    await writeRunSettings(folder, {
      recipe: { ...recipe, classes: classes.length },
      resolved: {
        classes,
        preprocessing,
        engine: {
          ...{ name: engine.name, version: engine.version },
          ...{ device: engine.device, reason: engine.reason },
        },
        weights: weightsSource,
        data: await datasetFingerprint(dataset),
        ...(dataset.corrections ? { corrections: dataset.corrections } : {}),
        versions: { thaw: options.version, node: process.versions.node },
        started: new Date().toISOString(),
      },
    });
    yield* trainPrepared(run, folder, options);
  } finally {
    run.trainer.dispose();
  }
}
