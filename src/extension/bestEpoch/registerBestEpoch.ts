import { dirname, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { RunArgument } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';
import type { BestEpochPanel } from './bestEpochPanel';
import { pickRun } from '../pickRun';
import { plainMessage } from '../plainMessage';

/** Identifies the panels to the editor, also across reloads. */
const VIEW_TYPE = 'thaw.bestEpoch';

/** The best epoch of runs: a panel for each run folder. */
export function registerBestEpoch(
  context: Pick<vscode.ExtensionContext, 'extensionUri' | 'extensionPath'>,
  runs: TrainingRuns,
): vscode.Disposable {
  const open = new Map<string, BestEpochPanel>();

  const fill = async (panel: vscode.WebviewPanel, folder: string): Promise<void> => {
    const { BestEpochPanel } = await import('./bestEpochPanel');
    const made = new BestEpochPanel(panel, folder, context, runs);
    open.get(folder)?.dispose();
    open.set(folder, made);
    panel.onDidDispose(() => {
      if (open.get(folder) === made) open.delete(folder);
    });
    await made.load();
  };

  const openBestEpoch = async (given: unknown): Promise<void> => {
    const folder = await folderOf(given, runs);
    if (folder === undefined) return;
    const known = open.get(folder);
    if (known) {
      known.reveal();
      return;
    }
    const title = vscode.l10n.t('Best Epoch');
    await fill(vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Active), folder);
  };

  return vscode.Disposable.from(
    vscode.commands.registerCommand('thaw.openBestEpoch', openBestEpoch),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const folder = (state as { readonly folder?: unknown } | undefined)?.folder;
        if (typeof folder === 'string' && isAbsolute(folder)) await fill(panel, folder);
        else panel.dispose();
      },
    }),
    new vscode.Disposable(() => open.forEach(panel => panel.dispose())),
  );
}

/** The run folder that is meant: of a run, of a file or folder in the explorer, or of the run that a person picks. */
async function folderOf(given: unknown, runs: TrainingRuns): Promise<string | undefined> {
  if (given instanceof vscode.Uri) {
    const { type } = await vscode.workspace.fs.stat(given);
    return type & vscode.FileType.Directory ? given.fsPath : dirname(given.fsPath);
  }
  const run = given as RunArgument | undefined;
  if (run !== undefined) return typeof run === 'string' ? run : run.folder;
  await runs.ready();
  if (runs.all.length === 0) {
    void vscode.window.showInformationMessage(
      plainMessage(vscode.l10n.t('There are no runs in this workspace yet.')),
    );
    return undefined;
  }
  return (await pickRun(runs.all, vscode.l10n.t('The run whose best epoch to look at')))?.folder;
}
