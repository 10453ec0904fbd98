import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import { isCell } from '../recipe/recipeDocuments';
import { registerCommand } from '../registerCommand';
import { isSeenInNotebook } from './isSeenInNotebook';
import { recipeOf } from './recipeOf';
import { notifyOfRuns } from './runNotifications';
import { RunTerminal } from './runTerminal';
import { createStatusItem } from './statusItem';
import { TASK_TYPE, ThawTasks } from './thawTasks';
import type { RunArgument, TrainingRun } from './trainingRun';
import type { TrainingRuns } from './trainingRuns';
import { pickRun } from '../pickRun';
import { plainMessage } from '../plainMessage';

/** After the window is there: runs that have gone on without it are found again. */
const FIND_RUNS_AFTER_MS = 500;

/** Starting, stopping and following fine-tunes. `activeRecipe`: what commands mean that are given no recipe. */
export function registerTraining(
  runs: TrainingRuns,
  activeRecipe: () => vscode.Uri | undefined,
): vscode.Disposable {
  const tasks = new ThawTasks(runs);
  const later = setTimeout(() => void runs.ready(), FIND_RUNS_AFTER_MS);

  return vscode.Disposable.from(
    new vscode.Disposable(() => clearTimeout(later)),
    vscode.tasks.registerTaskProvider(TASK_TYPE, tasks),
    createStatusItem(runs),
    notifyOfRuns(runs),
    keepContext(runs),
    registerCommand('thaw.startFineTune', async given => {
      if (!(await mayTrain())) return undefined;
      const recipe = await recipeOf(given, activeRecipe);
      if (recipe && isCell(recipe)) return vscode.commands.executeCommand('thaw.runCell', recipe);
      return recipe && (await tasks.execute(recipe)).folder;
    }),
    registerCommand('thaw.rerunLast', async () => {
      if (!(await mayTrain())) return undefined;
      await runs.ready();
      const last = runs.all.find(({ recipeFile }) => recipeFile !== undefined && existsSync(recipeFile));
      if (!last)
        throw new UserError(vscode.l10n.t('No run of this workspace has a recipe that is still there.'));
      if (last.cell) return vscode.commands.executeCommand('thaw.runCellAgain', last.folder);
      return (await tasks.execute(vscode.Uri.file(last.recipeFile!))).folder;
    }),
    registerCommand('thaw.resumeRun', async given => {
      if (!(await mayTrain())) return undefined;
      const run = await resumableRun(runs, given as RunArgument | undefined);
      if (!run) return undefined;
      // In its cell, or else with a terminal of its own.
      return (await (isSeenInNotebook(run) ? runs.resume(run) : tasks.resume(run))).folder;
    }),
    registerCommand('thaw.stopFineTune', async given =>
      stop(runs, await liveRun(runs, given as RunArgument)),
    ),
    registerCommand('thaw.showRunLog', async given => {
      const run = await runOf(runs, given as RunArgument);
      if (run) showLog(runs, run);
    }),
  );
}

/** For the menus: whether anything trains, and whether anything has. */
function keepContext(runs: TrainingRuns): vscode.Disposable {
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  return runs.onDidChange(() => {
    set(
      'thaw.isTraining',
      runs.all.some(({ isLive }) => isLive),
    );
    set('thaw.hasRuns', runs.all.length > 0);
  });
}

/** Training waits for trust, and for the engine, which is offered. */
async function mayTrain(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return vscode.commands.executeCommand<boolean>('thaw.ensureEngine');
  await askForTrust();
  return false;
}

async function askForTrust(): Promise<void> {
  const manage = vscode.l10n.t('Manage Workspace Trust');
  const message = vscode.l10n.t(
    'Training waits until you trust this workspace: a recipe names files to be read and weights to be loaded.',
  );
  const chosen = await vscode.window.showWarningMessage(plainMessage(message), manage);
  if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage');
}

async function stop(runs: TrainingRuns, run: TrainingRun | undefined): Promise<void> {
  if (!run?.isLive) return;
  if (!run.isStopping) return runs.stop(run);
  const now = vscode.l10n.t('End Now');
  const message = vscode.l10n.t(
    '{0} has been asked to stop and ends after the batch in hand. Ending it now may lose what is not written of its best epoch.',
    run.name,
  );
  if ((await vscode.window.showWarningMessage(plainMessage(message), now)) === now) runs.kill(run);
}

async function runOf(runs: TrainingRuns, given: RunArgument | undefined): Promise<TrainingRun | undefined> {
  const folder = typeof given === 'object' ? given.folder : given;
  return folder === undefined ? undefined : runs.find(folder);
}

async function liveRun(runs: TrainingRuns, given: RunArgument | undefined): Promise<TrainingRun | undefined> {
  const named = await runOf(runs, given);
  if (named) return named;
  await runs.ready();
  const live = runs.all.filter(({ isLive }) => isLive);
  if (live.length <= 1) {
    if (live.length === 0)
      void vscode.window.showInformationMessage(plainMessage(vscode.l10n.t('Nothing is training.')));
    return live[0];
  }
  return pickRun(live, vscode.l10n.t('The run to stop'));
}

async function resumableRun(
  runs: TrainingRuns,
  given: RunArgument | undefined,
): Promise<TrainingRun | undefined> {
  const named = await runOf(runs, given);
  if (named) return named;
  await runs.ready();
  const resumable = runs.all.filter(({ isResumable }) => isResumable);
  if (resumable.length === 0) {
    void vscode.window.showInformationMessage(plainMessage(vscode.l10n.t('No run waits to go on.')));
    return undefined;
  }
  return pickRun(resumable, vscode.l10n.t('The run to go on with'));
}

function showLog(runs: TrainingRuns, run: TrainingRun): void {
  const pty = new RunTerminal(runs, () => Promise.resolve(run), true);
  vscode.window.createTerminal({ name: run.name, iconPath: new vscode.ThemeIcon('graph-line'), pty }).show();
}
