import * as vscode from 'vscode';
import { readStartRequest } from '../../core/run/liveState';
import { readRunSettings } from '../../core/run/runFolder';
import { UserError } from '../../core/userError';
import { registerCommand } from '../registerCommand';
import type { TrainingRun } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';
import { deleteRuns } from './deleteRuns';
import { reportRuns } from './reportRuns';
import { RunsTree } from './runsTree';

/** The Runs view and its actions. */
export function registerRuns(runs: TrainingRuns): vscode.Disposable {
  const tree = new RunsTree(runs);
  const view = vscode.window.createTreeView('thaw.runs', { treeDataProvider: tree, canSelectMany: true });
  const command = (
    id: string,
    act: (chosen: readonly TrainingRun[]) => Promise<unknown>,
  ): vscode.Disposable =>
    registerCommand(id, async (...given) => {
      // A menu gives the row it was opened on and, where there are several, the selected ones; a key gives neither.
      const [run, several] = given as [TrainingRun?, (readonly TrainingRun[])?];
      const chosen = several ?? (run ? [run] : view.selection);
      if (chosen.length > 0) await act(chosen);
    });

  return vscode.Disposable.from(
    view,
    tree,
    command('thaw.reportRuns', reportRuns),
    command('thaw.revealRunFolder', async ([run]) => revealFolder(run!)),
    command('thaw.copyRunRecipe', async ([run]) => copyRecipe(run!)),
    command('thaw.deleteRun', chosen => deleteRuns(chosen)),
  );
}

async function revealFolder({ folder }: TrainingRun): Promise<void> {
  const uri = vscode.Uri.file(folder);
  // Where the files are on another machine its desktop cannot be shown; the explorer can.
  const here = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  await vscode.commands.executeCommand(here ? 'revealFileInOS' : 'revealInExplorer', uri);
}

/** The text that the run was begun with, or for a run of the command line its recipe with everything filled in. */
async function copyRecipe(run: TrainingRun): Promise<void> {
  const text = readStartRequest(run.folder)?.recipe ?? (await recordedRecipe(run));
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied the recipe of {0}', run.name), 3_000);
}

async function recordedRecipe({ folder, name }: TrainingRun): Promise<string> {
  try {
    const { recipe } = await readRunSettings(folder);
    return `${JSON.stringify(recipe, undefined, 2)}\n`;
  } catch (error) {
    throw new UserError(vscode.l10n.t('The recipe of {0} cannot be read from {1}.', name, folder), {
      cause: error,
    });
  }
}
