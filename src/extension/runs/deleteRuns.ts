import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import { printableName } from '../../protocol/printable';
import type { TrainingRun } from '../training/trainingRun';
import { plainMessage } from '../plainMessage';

/** Asks, then moves run folders to the trash; where there is none, asks again and deletes them for good. */
export async function deleteRuns(runs: readonly TrainingRun[]): Promise<void> {
  const live = runs.find(({ isLive }) => isLive);
  if (live) {
    throw new UserError(vscode.l10n.t('{0} is still training: stop it before you delete it.', live.name));
  }
  const [first] = runs;
  const what =
    runs.length === 1
      ? vscode.l10n.t('the run {0} with its weights', first!.name)
      : vscode.l10n.t('{0} runs with their weights', runs.length);
  const toTrash = vscode.l10n.t('Move to Trash');
  if (!(await confirm(vscode.l10n.t('Delete {0}?', what), runs, toTrash))) return;
  const left: TrainingRun[] = [];
  for (const run of runs) {
    if (!(await remove(run, true))) left.push(run);
  }
  if (left.length === 0) return;
  const message = vscode.l10n.t('There is no trash here. Delete {0} for good?', what);
  if (!(await confirm(message, left, vscode.l10n.t('Delete Permanently')))) return;
  for (const run of left) {
    if (await remove(run, false)) continue;
    throw new UserError(vscode.l10n.t('The folder {0} could not be deleted.', run.folder));
  }
}

async function confirm(message: string, runs: readonly TrainingRun[], yes: string): Promise<boolean> {
  const detail = runs.map(({ folder }) => printableName(folder, 1_000)).join('\n');
  return (
    (await vscode.window.showWarningMessage(plainMessage(message), { modal: true, detail }, yes)) === yes
  );
}

async function remove({ folder }: TrainingRun, useTrash: boolean): Promise<boolean> {
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(folder), { recursive: true, useTrash });
    return true;
  } catch {
    return !existsSync(folder);
  }
}
