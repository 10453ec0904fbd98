import * as vscode from 'vscode';
import { foldersOf } from '../runFolders';
import { setting } from '../settings';
import type { TrainingRuns } from '../training/trainingRuns';
import type { PlotsPanel } from './plotsPanel';

/** Identifies the panel of the plots to the editor, also across reloads. */
const VIEW_TYPE = 'thaw.plots';

/** The plots: curves of all runs in one panel of the editor area. */
export function registerPlots(
  { extensionUri }: Pick<vscode.ExtensionContext, 'extensionUri'>,
  runs: TrainingRuns,
): vscode.Disposable {
  let open: PlotsPanel | undefined;

  const fill = async (panel: vscode.WebviewPanel, show: readonly string[] | undefined): Promise<void> => {
    const { PlotsPanel } = await import('./plotsPanel');
    const made = new PlotsPanel(panel, extensionUri, runs, show);
    open?.dispose();
    open = made;
    panel.onDidDispose(() => {
      if (open === made) open = undefined;
    });
  };

  const show = async (
    folders: readonly string[] | undefined,
    place: { readonly viewColumn: vscode.ViewColumn; readonly preserveFocus: boolean },
  ): Promise<void> => {
    if (open) return open.show(folders, place.preserveFocus);
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, vscode.l10n.t('Plots'), place);
    await fill(panel, folders);
  };

  const showPlots = async (
    given: unknown,
    several: unknown,
    { preserveFocus = false }: { readonly preserveFocus?: boolean } = {},
  ): Promise<void> => {
    const folders = foldersOf(several) ?? foldersOf(given);
    for (const folder of folders ?? []) await runs.find(folder);
    await show(folders, { viewColumn: vscode.ViewColumn.Active, preserveFocus });
  };

  return vscode.Disposable.from(
    vscode.commands.registerCommand('thaw.showPlots', showPlots),
    runs.onDidStart(({ folder, cell }) => {
      // A cell of a notebook shows its own curves.
      if (cell === undefined && setting('plots.openOnStart')) {
        void show([folder], { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
      }
    }),
    // What was shown is in the page's own state.
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: panel => fill(panel, undefined),
    }),
    new vscode.Disposable(() => open?.dispose()),
  );
}
