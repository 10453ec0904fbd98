import * as vscode from 'vscode';
import { plainMessage } from '../plainMessage';
import { registerCommand } from '../registerCommand';
import type { RunArgument } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';

/** Exporting the best epoch of runs. */
export function registerExport(
  context: Pick<vscode.ExtensionContext, 'extensionPath'>,
  runs: TrainingRuns,
): vscode.Disposable {
  return registerCommand('thaw.exportRun', async given => {
    if (!vscode.workspace.isTrusted) {
      const message = vscode.l10n.t(
        'Exporting waits until you trust this workspace: it loads the weights of a run.',
      );
      void vscode.window.showWarningMessage(plainMessage(message));
      return undefined;
    }
    const folder = await folderOf(given as RunArgument | undefined, runs);
    if (folder === undefined) return undefined;
    const { exportRun } = await import('./exportRun');
    return exportRun(context, folder);
  });
}

/** The run folder that is meant, or that of the trained run which a person picks. */
async function folderOf(given: RunArgument | undefined, runs: TrainingRuns): Promise<string | undefined> {
  if (given !== undefined) return typeof given === 'string' ? given : given.folder;
  await runs.ready();
  const items = runs.all.flatMap(({ name, folder, events }) => {
    const best = events.findLast(event => event.kind === 'bestEpoch');
    return best ? [{ label: name, description: `${(100 * best.accuracy).toFixed(1)}%`, folder }] : [];
  });
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      plainMessage(vscode.l10n.t('No run of this workspace has a best epoch yet.')),
    );
    return undefined;
  }
  const placeHolder = vscode.l10n.t('The run whose best epoch to export');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.folder;
}
