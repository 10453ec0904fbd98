import type { TrainingEvent } from '../../protocol/trainingEvent';
import { operationParameters } from '../model/graph';
import { countParameters } from '../model/stateDictShapes';
import type { Recipe } from '../recipe/recipe';
import { createRunFolder, requireEmpty, writeRunSettings } from '../run/runFolder';
import { RunRecorder } from '../run/runRecorder';
import { UserError } from '../userError';
import { prepareRun, type PreparedRun, type PrepareOptions } from './prepareRun';
import type { TrainOptions } from './trainer';

export interface FineTuneOptions extends TrainOptions, PrepareOptions {
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
  const recorder = options.recorder ?? new RunRecorder();
  const signal = AbortSignal.any([options.signal, recorder.stopped]);
  try {
    for await (const event of prepareAndTrain(recipe, { ...options, signal, recorder })) {
      recorder.record(event);
      yield event;
    }
  } finally {
    if (!options.recorder) recorder.close();
  }
}

type RecordedOptions = FineTuneOptions & { readonly recorder: RunRecorder };

async function* prepareAndTrain(
  recipe: Recipe,
  options: RecordedOptions,
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
    const { classes, preprocessing, weightsSource } = run;
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
        versions: { thaw: options.version, node: process.versions.node },
        started: new Date().toISOString(),
      },
    });
    yield* train(run, folder, options);
  } finally {
    run.trainer.dispose();
  }
}

function helpsOnly(): UserError {
  return new UserError(
    'This machine is not the one that distributed.rendezvous names, so it only helps: start the run on that one, and ' +
      'here run "thaw train" with the same recipe in a terminal.',
  );
}

async function* train(
  run: PreparedRun,
  folder: string,
  options: TrainOptions,
): AsyncGenerator<TrainingEvent, void> {
  const start = performance.now();
  yield started(run, folder);
  let best = { bestEpoch: -1, bestAccuracy: 0 };
  const ended = (status: 'completed' | 'cancelled' | 'failed', message?: string): TrainingEvent => ({
    kind: 'runEnded',
    status,
    ...best,
    seconds: (performance.now() - start) / 1000,
    ...(message === undefined ? {} : { message }),
  });
  const training = run.trainer.train(folder, options);
  try {
    for (;;) {
      const step = await training.next();
      if (step.done) {
        yield ended(step.value);
        return;
      }
      const event = step.value;
      if (event.kind === 'bestEpoch') best = { bestEpoch: event.epoch, bestAccuracy: event.accuracy };
      yield event;
    }
  } catch (error) {
    if (options.signal.aborted) {
      yield ended('cancelled');
      return;
    }
    yield ended('failed', error instanceof UserError ? error.message : 'an unexpected error; see the log');
    throw error;
  } finally {
    await training.return('cancelled');
  }
}

function started(run: PreparedRun, runFolder: string): TrainingEvent {
  const { recipe, model, graph, plan, dataset, classes, trainer } = run;
  const { engine } = trainer;
  const trainable = graph
    .filter((_, index) => plan.trainable[index])
    .flatMap(({ operation }) => operationParameters(operation))
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return {
    kind: 'runStarted',
    name: recipe.name,
    model: recipe.model,
    classes,
    train: dataset.train.length,
    test: dataset.test.length,
    trainable,
    parameters: countParameters(model.root),
    epochs: recipe.epochs,
    engine: `${engine.name} ${engine.version}`,
    engineReason: engine.reason,
    runFolder,
  };
}
