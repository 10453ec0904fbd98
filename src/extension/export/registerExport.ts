import * as vscode from 'vscode';
import { refusesUntrusted } from '../refusesUntrusted';
import { registerCommand } from '../registerCommand';
import { trainedRunOf } from '../trainedRunOf';
import type { RunArgument } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';

/** Exporting the best epoch of runs. */
export function registerExport(
  context: Pick<vscode.ExtensionContext, 'extensionPath'>,
  runs: TrainingRuns,
): vscode.Disposable {
  return registerCommand('thaw.exportRun', async given => {
    const message = vscode.l10n.t(
      'Exporting waits until you trust this workspace: it loads the weights of a run.',
    );
    if (refusesUntrusted(message)) return undefined;
    const folder = await trainedRunOf(
      given as RunArgument | undefined,
      runs,
      vscode.l10n.t('The run whose best epoch to export'),
    );
    if (folder === undefined) return undefined;
    const { exportRun } = await import('./exportRun');
    return exportRun(context, folder);
  });
}
