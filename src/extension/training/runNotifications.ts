import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { duration } from '../../protocol/eventText';
import { liveFiles } from '../../core/run/liveState';
import { runProgress } from '../../core/run/runProgress';
import { describeCrash } from './describeCrash';
import { isSeenInNotebook } from './isSeenInNotebook';
import { shortText } from './statusItem';
import type { TrainingRun } from './trainingRun';
import type { TrainingRuns } from './trainingRuns';
import { plainMessage } from '../plainMessage';

/** Shows the progress of runs that this window starts, and how the runs of editors end that it has seen live. */
export function notifyOfRuns(runs: TrainingRuns): vscode.Disposable {
  const live = new Set<string>();
  const started = new Set<string>();
  return vscode.Disposable.from(
    runs.onDidStart(run => {
      started.add(run.folder);
      if (!isSeenInNotebook(run)) void showProgress(runs, run);
    }),
    runs.onDidChange(run => {
      // Those of the command line are told of there.
      if (!run || (run.recipeFile === undefined && !started.has(run.folder))) return;
      if (run.isLive) live.add(run.folder);
      else if (live.delete(run.folder) && !isSeenInNotebook(run)) void showEnd(runs, run);
    }),
  );
}

async function showProgress(runs: TrainingRuns, run: TrainingRun): Promise<void> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: plainMessage(vscode.l10n.t('Fine-tuning {0}', run.name)),
    cancellable: true,
  };
  await vscode.window.withProgress(options, async (progress, cancellation) => {
    const owned: vscode.Disposable[] = [];
    let reported = 0;
    await new Promise<void>(resolve => {
      const update = (): void => {
        if (!run.isLive) return resolve();
        const batch = run.latest?.kind === 'batchEnded' ? run.latest : undefined;
        const percent = 100 * runProgress(run.events, batch).fraction;
        progress.report({
          message: plainMessage(shortText(run)),
          increment: Math.max(0, percent - reported),
        });
        reported = Math.max(reported, percent);
      };
      owned.push(
        runs.onDidAppend(({ run: { folder } }) => folder === run.folder && update()),
        runs.onDidChange(changed => changed?.folder === run.folder && update()),
        cancellation.onCancellationRequested(() => runs.stop(run)),
      );
      update();
    });
    for (const each of owned) each.dispose();
  });
}

interface Action {
  readonly title: string;
  run(): Thenable<unknown>;
}

async function showEnd(runs: TrainingRuns, run: TrainingRun): Promise<void> {
  const { ended } = run;
  const command = (title: string, id: string): Action => ({
    title,
    run: () => vscode.commands.executeCommand(id, run),
  });
  const best = command(vscode.l10n.t('Open Best Epoch'), 'thaw.openBestEpoch');
  const plots = command(vscode.l10n.t('Show Plots'), 'thaw.showPlots');
  const resume = run.isResumable ? [command(vscode.l10n.t('Resume'), 'thaw.resumeRun')] : [];
  if (!ended) {
    await runs.untilEndIsKnown([run]);
    const crash = describeCrash(run, runs.endOf(run));
    await offer(
      vscode.window.showErrorMessage,
      crash,
      existsSync(run.folder) ? [...resume, openLog(run)] : [],
    );
  } else if (ended.status === 'failed') {
    const message = vscode.l10n.t('{0} failed: {1}', run.name, ended.message ?? '');
    const hasLog = await hasWords(join(run.folder, liveFiles.log));
    await offer(vscode.window.showErrorMessage, message, [
      ...(hasLog ? [openLog(run)] : []),
      ...(run.started ? resume : []),
      ...(run.started || run.recipeFile === undefined ? [] : [openRecipe(run)]),
    ]);
  } else if (ended.bestEpoch < 0) {
    await offer(vscode.window.showInformationMessage, endedEarly(run), resume);
  } else {
    const { status, seconds, bestAccuracy, bestEpoch } = ended;
    const told = [run.name, duration(seconds), bestAccuracy.toFixed(4), bestEpoch] as const;
    const message =
      status === 'completed'
        ? vscode.l10n.t('{0} is done after {1}: best test accuracy {2} (epoch {3}).', ...told)
        : vscode.l10n.t('{0} was stopped after {1}: best test accuracy {2} (epoch {3}).', ...told);
    await offer(vscode.window.showInformationMessage, message, [best, plots, ...resume]);
  }
}

function endedEarly(run: TrainingRun): string {
  return vscode.l10n.t(
    '{0} was stopped before its first epoch was finished, so there are no best weights.',
    run.name,
  );
}

/** What the process wrote where it wrote anything, else the log of the run. */
function openLog(run: TrainingRun): Action {
  const file = join(run.folder, liveFiles.log);
  return {
    title: vscode.l10n.t('Open Log'),
    run: async () =>
      (await hasWords(file))
        ? vscode.window.showTextDocument(vscode.Uri.file(file))
        : vscode.commands.executeCommand('thaw.showRunLog', run),
  };
}

function openRecipe({ recipeFile }: TrainingRun): Action {
  return {
    title: vscode.l10n.t('Open Recipe'),
    run: () => vscode.commands.executeCommand('vscode.open', vscode.Uri.file(recipeFile!)),
  };
}

async function hasWords(file: string): Promise<boolean> {
  return stat(file).then(
    ({ size }) => size > 0,
    () => false,
  );
}

async function offer(
  show: (message: string, ...items: Action[]) => Thenable<Action | undefined>,
  message: string,
  actions: readonly Action[],
): Promise<void> {
  const chosen = await show(plainMessage(message), ...actions);
  await chosen?.run();
}
