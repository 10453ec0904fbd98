import * as vscode from 'vscode';
import { duration } from '../../protocol/eventText';
import { t } from '../../protocol/language';
import { printable } from '../../protocol/printable';
import { bestAccuracy, progressText, testAccuracies } from '../training/progressText';
import type { RunStatus, TrainingRun } from '../training/trainingRun';
import { sparkline } from './sparkline';

const ICONS: Record<RunStatus, readonly [icon: string, color?: string]> = {
  queued: ['clock'],
  preparing: ['loading~spin'],
  running: ['sync~spin'],
  completed: ['pass', 'testing.iconPassed'],
  cancelled: ['circle-slash'],
  failed: ['error', 'testing.iconFailed'],
  crashed: ['bug', 'testing.iconErrored'],
};

/** A row of the Runs view: name, course of the test accuracy, its best, epochs and when. */
export function runItem(run: TrainingRun, now: number = Date.now()): vscode.TreeItem {
  const item = new vscode.TreeItem(run.name);
  const [icon, color] = ICONS[run.status];
  const accuracies = testAccuracies(run);
  const best = bestAccuracy(run);
  const facts = [
    ...(best === undefined ? [] : [best.toFixed(3)]),
    ...(run.status === 'completed' ? [] : [statusText(run)]),
    ...(run.started ? [epochsText(accuracies.length, run.started.epochs)] : []),
    timeText(run.time, now),
  ];
  item.id = run.folder;
  item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
  item.description = [...(accuracies.length > 1 ? [sparkline(accuracies)] : []), facts.join(' · ')].join(' ');
  item.tooltip = tooltip(run, accuracies.length, best);
  item.accessibilityInformation = { label: spoken(run, accuracies.length, best, now) };
  const state = run.isLive ? 'live' : best === undefined ? 'empty' : 'trained';
  item.contextValue = `thawRun.${state}${run.isResumable ? '.resumable' : ''}`;
  // The list keeps the focus, so that the next key, Delete or an arrow, is for its rows.
  const options = { preserveFocus: true };
  item.command = {
    command: 'thaw.showPlots',
    title: vscode.l10n.t('Show Plots'),
    arguments: [run, undefined, options],
  };
  return item;
}

function statusText({ status, isStopping }: TrainingRun): string {
  if (isStopping) return vscode.l10n.t('stopping');
  const texts: Record<RunStatus, string> = {
    queued: vscode.l10n.t('waiting'),
    preparing: vscode.l10n.t('preparing'),
    running: vscode.l10n.t('training'),
    completed: vscode.l10n.t('done'),
    cancelled: vscode.l10n.t('stopped'),
    failed: vscode.l10n.t('failed'),
    crashed: vscode.l10n.t('crashed'),
  };
  return texts[status];
}

function epochsText(done: number, epochs: number): string {
  if (done < epochs) return vscode.l10n.t('{0} of {1} epochs', done, epochs);
  return epochs === 1 ? vscode.l10n.t('1 epoch') : vscode.l10n.t('{0} epochs', epochs);
}

/** `14:03` today, else `Nov 24, 14:03`. */
function timeText(time: number, now: number): string {
  const date = new Date(time);
  const clock = { hour: '2-digit', minute: '2-digit', hour12: false } as const;
  return date.toDateString() === new Date(now).toDateString()
    ? date.toLocaleTimeString(vscode.env.language, clock)
    : date.toLocaleString(vscode.env.language, { month: 'short', day: 'numeric', ...clock });
}

function tooltip(run: TrainingRun, epochs: number, best: number | undefined): string {
  const { started, ended } = run;
  const lines = [
    `${run.name}: ${statusText(run)}`,
    started &&
      t(
        '{0}, {1} classes, {2} + {3} images',
        started.model,
        started.classes.length,
        started.train,
        started.test,
      ),
    started && epochsText(epochs, started.epochs),
    best !== undefined && vscode.l10n.t('Best test accuracy {0}', best.toFixed(4)),
    ended && ended.seconds > 0 && vscode.l10n.t('Took {0}', duration(ended.seconds)),
    ended?.message,
    run.isLive && progressText(run),
    run.folder,
  ];
  return printable(lines.filter(line => line).join('\n'));
}

function spoken(run: TrainingRun, epochs: number, best: number | undefined, now: number): string {
  return [
    run.name,
    statusText(run),
    ...(best === undefined ? [] : [vscode.l10n.t('best test accuracy {0}', best.toFixed(3))]),
    ...(run.started ? [epochsText(epochs, run.started.epochs)] : []),
    timeText(run.time, now),
  ].join(', ');
}
