import { t } from '../../protocol/language';
import type { RunEndedEvent, TrainingEvent } from '../../protocol/trainingEvent';
import { countParameters } from '../model/stateDictShapes';
import { trainableParameters } from '../model/trainingPlan';
import { asMemoryError } from '../outOfMemory';
import { UserError } from '../userError';
import type { PreparedRun } from './prepareRun';
import type { TrainOptions } from './trainer';

/** Trains a prepared run into its folder, from the beginning or a checkpoint. Every end of it is a `runEnded` event. */
export async function* trainPrepared(
  run: PreparedRun,
  folder: string,
  options: TrainOptions & { readonly resumes?: boolean },
): AsyncGenerator<TrainingEvent, void> {
  const { from } = options;
  const start = performance.now() - 1000 * (from?.seconds ?? 0);
  yield options.resumes ? resumed(run, folder, from?.position) : started(run, folder);
  let best = { bestEpoch: from?.best?.epoch ?? -1, bestAccuracy: from?.best?.accuracy ?? 0 };
  let reason: RunEndedEvent['reason'];
  const ended = (status: 'completed' | 'cancelled' | 'failed', message?: string): TrainingEvent => ({
    kind: 'runEnded',
    status,
    ...(status === 'completed' && reason && { reason }),
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
      if (event.kind === 'stoppedEarly') reason = 'earlyStopping';
      if (event.kind === 'bestEpoch') best = { bestEpoch: event.epoch, bestAccuracy: event.accuracy };
      yield event;
    }
  } catch (error) {
    if (options.signal.aborted) {
      yield ended('cancelled');
      return;
    }
    const known = asMemoryError(error);
    yield ended('failed', known instanceof UserError ? known.message : t('an unexpected error; see the log'));
    throw known;
  } finally {
    await training.return('cancelled');
  }
}

function started(run: PreparedRun, runFolder: string): TrainingEvent {
  const { recipe, model, graph, plan, dataset, classes } = run;
  return {
    kind: 'runStarted',
    name: recipe.name,
    model: recipe.model,
    classes,
    train: dataset.train.length,
    test: dataset.test.length,
    trainable: trainableParameters(graph, plan),
    parameters: countParameters(model.root),
    epochs: recipe.epochs,
    ...engineOf(run),
    runFolder,
  };
}

function resumed(
  run: PreparedRun,
  runFolder: string,
  { epoch, batch } = { epoch: 0, batch: 0 },
): TrainingEvent {
  return { kind: 'runResumed', epoch, batch, epochs: run.recipe.epochs, ...engineOf(run), runFolder };
}

function engineOf({ trainer: { engine } }: PreparedRun) {
  return { engine: `${engine.name} ${engine.version}`, engineReason: engine.reason };
}
