import * as vscode from 'vscode';
import { t } from '../../protocol/language';
import { printableName } from '../../protocol/printable';
import { bestAccuracy, progressText } from './progressText';
import type { TrainingRun } from './trainingRun';
import type { TrainingRuns } from './trainingRuns';

/** Shows in the status bar what trains now: `epoch 7/24, acc 0.93`; a click shows its plots. */
export function createStatusItem(runs: TrainingRuns): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('thaw.run', vscode.StatusBarAlignment.Left, 10);
  item.name = vscode.l10n.t('Thaw: Fine-Tune');
  const update = (): void => {
    const live = runs.all.filter(({ isLive }) => isLive);
    const run = live.find(({ status }) => status !== 'queued') ?? live.at(-1);
    if (!run) return item.hide();
    const others = live.length > 1 ? ` (+${live.length - 1})` : '';
    const text = shortText(run);
    item.text = `$(${run.status === 'queued' ? 'clock' : 'sync~spin'}) ${text}${others}`;
    item.tooltip = [run.name, progressText(run), vscode.l10n.t('Click to show the plots.')]
      .filter(line => line !== '')
      .join('\n');
    item.accessibilityInformation = { label: t('Thaw, {0}: {1}', run.name, text) };
    item.command = { command: 'thaw.showPlots', title: '', arguments: [run] };
    item.show();
  };
  update();
  return vscode.Disposable.from(item, runs.onDidChange(update), runs.onDidAppend(update));
}

/** What a live run is at, in few words. */
export function shortText(run: TrainingRun): string {
  if (run.isStopping) return vscode.l10n.t('stopping');
  if (run.status === 'queued') return vscode.l10n.t('waiting for its turn');
  if (!run.started) {
    const { latest } = run;
    return latest?.kind === 'progress' ? printableName(latest.task) : vscode.l10n.t('preparing');
  }
  const epoch = run.events.filter(event => event.kind === 'phaseEnded' && event.phase === 'test').length;
  const last = run.started.epochs - 1;
  const accuracy = bestAccuracy(run);
  const at = vscode.l10n.t('epoch {0}/{1}', Math.min(epoch, last), last);
  return accuracy === undefined ? at : vscode.l10n.t('{0}, acc {1}', at, accuracy.toFixed(2));
}
