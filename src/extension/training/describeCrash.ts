import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readRegularFileSync } from '../../core/regularFile';
import { tellsOutOfMemory } from '../../core/outOfMemory';
import { liveFiles } from '../../core/run/liveState';
import type { TrainingRun } from './trainingRun';
import type { ProcessEnd } from './trainingRuns';

/** The end of a log that is read. */
const TAIL_BYTES = 64 * 1024;

/** What can be told of a run whose process ended without saying why. */
export function describeCrash(run: TrainingRun, end: ProcessEnd | undefined): string {
  if (!existsSync(run.folder)) {
    return vscode.l10n.t(
      'The run folder of {0} was deleted while it trained, so the run has ended.',
      run.name,
    );
  }
  const log = logTail(run);
  const how = end?.signal
    ? vscode.l10n.t(' (signal {0})', end.signal)
    : end?.code
      ? vscode.l10n.t(' (exit code {0})', end.code)
      : '';
  const said = vscode.l10n.t('The training process of {0} ended unexpectedly{1}.', run.name, how);
  const kept = run.events.some(event => event.kind === 'bestEpoch')
    ? vscode.l10n.t(' What it had written of its best epoch is kept.')
    : '';
  // A process that the system ends for its memory has no time for a last word.
  const silent = log === '' && (end === undefined || end.signal === 'SIGKILL');
  const memory =
    silent || tellsOutOfMemory(log)
      ? vscode.l10n.t(
          ' Most likely the memory ran out: a smaller "batchSize" or "imageSize" in the recipe needs less.',
        )
      : '';
  return said + kept + memory;
}

/** The end of what the process of a run wrote beside its events: empty where all went well. */
export function logTail(run: TrainingRun): string {
  return tailOf(join(run.folder, liveFiles.log)).trim();
}

/** The end of a file; empty where there is none. */
function tailOf(file: string): string {
  try {
    return readRegularFileSync(file, Infinity, TAIL_BYTES).toString('utf8');
  } catch {
    return '';
  }
}
