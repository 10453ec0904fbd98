import * as vscode from 'vscode';
import { pickRun } from './pickRun';
import { plainMessage } from './plainMessage';
import { bestAccuracy } from './training/progressText';
import type { RunArgument } from './training/trainingRun';
import type { TrainingRuns } from './training/trainingRuns';

/** The run folder that is meant, or that of the trained run which a person picks; `placeHolder` says what for. */
export async function trainedRunOf(
  given: RunArgument | undefined,
  runs: TrainingRuns,
  placeHolder: string,
): Promise<string | undefined> {
  if (given !== undefined) return typeof given === 'string' ? given : given.folder;
  await runs.ready();
  const trained = runs.all.filter(run => bestAccuracy(run) !== undefined);
  if (trained.length === 0) {
    void vscode.window.showInformationMessage(
      plainMessage(vscode.l10n.t('No run of this workspace has a best epoch yet.')),
    );
    return undefined;
  }
  return (await pickRun(trained, placeHolder))?.folder;
}
