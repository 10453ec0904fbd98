import { existsSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { t } from '../protocol/language';
import { parseRecipe } from '../core/recipe/parseRecipe';
import { readEvents } from '../core/run/eventLog';
import { liveFiles, readStartRequest } from '../core/run/liveState';
import { runFiles } from '../core/run/runFolder';
import { RunRecorder } from '../core/run/runRecorder';
import { waitForTurn, type Turn } from '../core/run/turn';
import { UserError } from '../core/userError';
import { addEvent } from '../protocol/addEvent';
import type { RunEndedEvent, TrainingEvent } from '../protocol/trainingEvent';
import type { StartRequest } from '../protocol/workerMessages';

/**
 * Trains what a run folder's `start.json` asks for, or goes on with a run that had begun, when its turn comes, and
 * writes all that happens there. Whatever goes wrong is said by a `runEnded` event; what is a bug also goes to stderr,
 * with its stack. Returns the exit code.
 */
export async function trainInFolder(folder: string, signal: AbortSignal, queue?: string): Promise<number> {
  const recorder = new RunRecorder();
  /** Of this process and of those before it that trained the run. */
  const told: TrainingEvent[] = [];
  const tellEnd = (status: 'cancelled' | 'failed', message?: string): void => {
    try {
      recorder.record(endOf(told, status, message));
    } catch (error) {
      // The folder is gone, or the disk is full: there is nowhere else to say it.
      complain(error);
    }
  };
  const leave = (error: unknown): void => {
    complain(error);
    tellEnd('failed', t('an unexpected error; see the log'));
    process.exit(70);
  };
  process.on('uncaughtException', leave);
  const either = AbortSignal.any([signal, recorder.stopped]);
  let turn: Turn | undefined;
  let ended = false;
  try {
    recorder.open(folder);
    for (const event of await readEvents(join(folder, runFiles.events))) addEvent(told, event);
    const training = trainingOf(folder, recorder, either);
    turn = await waitForTurn(either, () => recorder.enter('queued'), queue);
    recorder.enter('preparing');
    for await (const event of training) {
      ended ||= event.kind === 'runEnded';
      if (event.kind !== 'progress' && event.kind !== 'batchEnded') addEvent(told, event);
    }
    return 0;
  } catch (error) {
    const cancelled = either.aborted;
    const isTold = recorder.folder !== undefined && error instanceof UserError;
    if (!cancelled && !isTold) complain(error);
    if (!ended) {
      if (cancelled) tellEnd('cancelled');
      else
        tellEnd('failed', error instanceof UserError ? error.message : t('an unexpected error; see the log'));
    }
    return cancelled ? 130 : 1;
  } finally {
    recorder.close();
    await turn?.release();
    process.off('uncaughtException', leave);
  }
}

/** What is to be done in a run folder: goes on with a run that had begun, else begins it. */
function trainingOf(
  folder: string,
  recorder: RunRecorder,
  signal: AbortSignal,
): AsyncGenerator<TrainingEvent, void> {
  if (existsSync(join(folder, runFiles.recipe))) return goOn(folder, recorder, signal);
  const request = readStartRequest(folder);
  if (!request)
    throw new UserError(
      t('{0} has no {1} that says what to train, or a damaged one.', folder, liveFiles.start),
    );
  return begin(request, recorder, signal);
}

async function* goOn(folder: string, recorder: RunRecorder, signal: AbortSignal) {
  const { resumeRun } = await import('../core/training/resumeRun');
  yield* resumeRun(folder, { python: torchPython(), signal, recorder, featureProgram: __filename });
}

async function* begin(request: StartRequest, recorder: RunRecorder, signal: AbortSignal) {
  const workspace = dirname(request.recipeFile);
  const recipe = parseRecipe(request.recipe, { folder: workspace, file: basename(request.recipeFile) });
  // Loaded late: a process that waits for its turn stays small.
  const { fineTune } = await import('../core/training/fineTune');
  const { version } = request;
  const options = { workspace, out: undefined, version, signal, recorder, python: torchPython() };
  yield* fineTune(recipe, { ...options, featureProgram: __filename });
}

function torchPython(): string | undefined {
  return process.env['THAW_PYTHON'] || undefined;
}

/** The end of a run that has not told of it itself. */
function endOf(
  told: readonly TrainingEvent[],
  status: 'cancelled' | 'failed',
  message: string | undefined,
): RunEndedEvent {
  const best = told.findLast(event => event.kind === 'bestEpoch');
  const phases = told.flatMap(event => (event.kind === 'phaseEnded' ? [event.seconds] : []));
  return {
    ...{ kind: 'runEnded', status },
    ...{ bestEpoch: best?.epoch ?? -1, bestAccuracy: best?.accuracy ?? 0 },
    seconds: phases.reduce((sum, seconds) => sum + seconds, 0),
    ...(message === undefined ? {} : { message }),
  };
}

/** To stderr, at once: the process may be about to end. */
function complain(error: unknown): void {
  const text = error instanceof UserError ? error.message : error instanceof Error ? error.stack : undefined;
  writeSync(2, `${text ?? String(error)}\n`);
}
