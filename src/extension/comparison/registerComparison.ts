import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import { MAX_COMPARED } from '../../protocol/comparisonMessages';
import { registerCommand } from '../registerCommand';
import { foldersOf } from '../runFolders';
import { bestAccuracy } from '../training/progressText';
import type { TrainingRuns } from '../training/trainingRuns';
import type { ComparisonPanel } from './comparisonPanel';

/** Identifies the panels to the editor, also across reloads. */
const VIEW_TYPE = 'thaw.comparison';

/** Runs side by side: a panel for each selection of runs. */
export function registerComparison(
  { extensionUri }: Pick<vscode.ExtensionContext, 'extensionUri'>,
  runs: TrainingRuns,
): vscode.Disposable {
  const open = new Map<string, ComparisonPanel>();

  const fill = async (panel: vscode.WebviewPanel, folders: readonly string[]): Promise<void> => {
    const { ComparisonPanel } = await import('./comparisonPanel');
    const key = keyOf(folders);
    const made = new ComparisonPanel(panel, folders, extensionUri, runs);
    open.get(key)?.dispose();
    open.set(key, made);
    panel.onDidDispose(() => {
      if (open.get(key) === made) open.delete(key);
    });
    await made.load();
  };

  const compareRuns = async (given: unknown, several: unknown): Promise<void> => {
    const folders = await comparedFolders(foldersOf(several) ?? foldersOf(given) ?? [], runs);
    if (!folders) return;
    const known = open.get(keyOf(folders));
    if (known) {
      known.reveal();
      return;
    }
    const title = vscode.l10n.t('Compare Runs');
    await fill(vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Active), folders);
  };

  return vscode.Disposable.from(
    registerCommand('thaw.compareRuns', compareRuns),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const folders = keptFolders(state);
        if (folders) await fill(panel, folders);
        else panel.dispose();
      },
    }),
    new vscode.Disposable(() => open.forEach(panel => panel.dispose())),
  );
}

function keyOf(folders: readonly string[]): string {
  return JSON.stringify([...folders].sort());
}

/** The runs to compare: those given, or where these are fewer than two, those that a person picks. */
async function comparedFolders(
  given: readonly string[],
  runs: TrainingRuns,
): Promise<readonly string[] | undefined> {
  const folders = given.length > 1 ? [...new Set(given)] : await pickFolders(given, runs);
  if (!folders) return undefined;
  if (folders.length < 2) {
    throw new UserError(vscode.l10n.t('Choose two runs or more: one alone has nothing to be compared with.'));
  }
  if (folders.length > MAX_COMPARED) {
    throw new UserError(
      vscode.l10n.t(
        'These are {0} runs; at most {1} can be compared at a time.',
        folders.length,
        MAX_COMPARED,
      ),
    );
  }
  return folders;
}

async function pickFolders(
  given: readonly string[],
  runs: TrainingRuns,
): Promise<readonly string[] | undefined> {
  await runs.ready();
  if (runs.all.length < 2) {
    throw new UserError(
      vscode.l10n.t(
        'There are no two runs in this workspace yet: train a recipe twice, with something changed.',
      ),
    );
  }
  const items = runs.all.map(run => {
    const best = bestAccuracy(run);
    return {
      label: run.name,
      description: [run.cell?.variant, best === undefined ? '' : `${(100 * best).toFixed(1)}%`]
        .filter(Boolean)
        .join(' · '),
      detail: new Date(run.time).toLocaleString(vscode.env.language),
      folder: run.folder,
      picked: given.includes(run.folder),
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: vscode.l10n.t('The runs to compare, two or more'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.map(({ folder }) => folder);
}

/** What the page kept of itself; it is the editor that brings it back. */
function keptFolders(state: unknown): readonly string[] | undefined {
  const folders: unknown = (state as { readonly folders?: unknown } | undefined)?.folders;
  if (!Array.isArray(folders) || folders.length < 2 || folders.length > MAX_COMPARED) return undefined;
  return folders.every(folder => typeof folder === 'string' && isAbsolute(folder))
    ? (folders as string[])
    : undefined;
}
