import { writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseRecipe } from '../core/recipe/parseRecipe';
import { readStartRequest } from '../core/run/liveState';
import { RunRecorder } from '../core/run/runRecorder';
import { waitForTurn, type Turn } from '../core/run/turn';
import { UserError } from '../core/userError';
import type { StartRequest } from '../protocol/workerMessages';

/**
 * Trains what a run folder's `start.json` asks for, when its turn comes, and writes all that happens there. Whatever
 * goes wrong is said by a `runEnded` event; what is a bug also goes to stderr, with its stack. Returns the exit code.
 */
export async function trainInFolder(folder: string, signal: AbortSignal, queue?: string): Promise<number> {
  const recorder = new RunRecorder();
  recorder.open(folder);
  const leave = (error: unknown): void => {
    complain(error);
    tellEnd(recorder, 'failed', 'an unexpected error; see the log');
    process.exit(70);
  };
  process.on('uncaughtException', leave);
  const either = AbortSignal.any([signal, recorder.stopped]);
  let turn: Turn | undefined;
  let ended = false;
  try {
    const request = readStartRequest(folder);
    if (!request) throw new Error(`${folder} has no start.json`);
    turn = await waitForTurn(either, () => recorder.enter('queued'), queue);
    recorder.enter('preparing');
    for await (const event of training(request, recorder, either)) ended ||= event.kind === 'runEnded';
    return 0;
  } catch (error) {
    const cancelled = either.aborted;
    if (!cancelled && !(error instanceof UserError)) complain(error);
    if (!ended) {
      const message = error instanceof UserError ? error.message : 'an unexpected error; see the log';
      if (cancelled) tellEnd(recorder, 'cancelled');
      else tellEnd(recorder, 'failed', message);
    }
    return cancelled ? 130 : 1;
  } finally {
    recorder.close();
    await turn?.release();
    process.off('uncaughtException', leave);
  }
}

async function* training(request: StartRequest, recorder: RunRecorder, signal: AbortSignal) {
  const workspace = dirname(request.recipeFile);
  const recipe = parseRecipe(request.recipe, { folder: workspace, file: basename(request.recipeFile) });
  // Loaded late: a process that waits for its turn stays small.
  const { fineTune } = await import('../core/training/fineTune');
  const python = process.env['THAW_PYTHON'] || undefined;
  const { version } = request;
  yield* fineTune(recipe, { workspace, out: undefined, python, version, signal, recorder });
}

/** The end of a run of which no epoch was finished. */
function tellEnd(recorder: RunRecorder, status: 'cancelled' | 'failed', message?: string): void {
  try {
    recorder.record({
      kind: 'runEnded',
      status,
      bestEpoch: -1,
      bestAccuracy: 0,
      seconds: 0,
      ...(message === undefined ? {} : { message }),
    });
  } catch (error) {
    // The folder is gone, or the disk is full: there is nowhere else to say it.
    complain(error);
  }
}

/** To stderr, at once: the process may be about to end. */
function complain(error: unknown): void {
  writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
