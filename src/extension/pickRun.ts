import { basename } from 'node:path';
import * as vscode from 'vscode';
import { percent } from '../protocol/numberText';
import { printableName } from '../protocol/printable';
import { bestAccuracy } from './training/progressText';
import type { TrainingRun } from './training/trainingRun';

/** Asks which of some runs is meant: each with its best test accuracy, its status, and the time that its folder begins with. */
export async function pickRun(
  runs: readonly TrainingRun[],
  placeHolder: string,
): Promise<TrainingRun | undefined> {
  const items = runs.map(run => {
    const best = bestAccuracy(run);
    const description = best === undefined ? run.status : `${percent(best)} · ${run.status}`;
    return { label: run.name, description, detail: printableName(basename(run.folder)), run };
  });
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.run;
}
