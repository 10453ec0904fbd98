import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import {
  cellOf,
  focusedCell,
  isRecipeFile,
  NOTEBOOK_TYPE,
  openNotebooks,
  recipeCells,
  runsOfCell,
} from '../recipe/recipeDocuments';
import { pickRecipe, type RecipeFiles } from '../recipe/recipeFiles';
import { registerCommand } from '../registerCommand';
import type { TrainingRuns } from '../training/trainingRuns';
import { CellActions } from './cellActions';
import { CellRunner } from './cellRunner';
import { LiveCells } from './liveCells';
import { ThawSerializer } from './notebookSerializer';
import { RendererMessages } from './rendererMessages';
import { shownRunFolder } from './shownRunFolder';

/** What the toolbar of a notebook hands to its commands. */
interface ToolbarContext {
  readonly notebookEditor?: { readonly notebookUri?: vscode.Uri };
}

/** Notebooks: reading and writing them, running their cells, and the commands that make and change them. */
export function registerNotebooks(
  context: Pick<vscode.ExtensionContext, 'extensionPath'>,
  recipes: RecipeFiles,
  runs: TrainingRuns,
): vscode.Disposable {
  const runner = new CellRunner(runs, async cell => (await import('./startCell')).startCell(cell, runs));
  const actions = new CellActions(recipes);

  return vscode.Disposable.from(
    vscode.workspace.registerNotebookSerializer(NOTEBOOK_TYPE, new ThawSerializer(), {
      transientOutputs: false,
    }),
    runner,
    new LiveCells(runs, runner),
    new RendererMessages(context, runs),
    actions,
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, actions),
    // For the commands that start a fine-tune: a cell is run where it stands.
    registerCommand('thaw.runCell', async given => {
      const cell = given instanceof vscode.Uri ? cellOf(given) : undefined;
      if (cell) await runCell(cell);
    }),
    registerCommand('thaw.runCellAgain', given => runAgain(runs, given as string)),
    registerCommand('thaw.newNotebook', async given => {
      const { newNotebook } = await import('./notebookCommands');
      return newNotebook(recipes, given instanceof vscode.Uri ? given : undefined);
    }),
    registerCommand('thaw.recipeToNotebook', async given => {
      const { recipeToNotebook } = await import('./notebookCommands');
      const recipe = await recipeOf(recipes, given);
      return recipe && recipeToNotebook(recipe);
    }),
    registerCommand('thaw.addRecipeToNotebook', async given => {
      const { addRecipeToNotebook } = await import('./notebookCommands');
      const notebook = (given as ToolbarContext | undefined)?.notebookEditor?.notebookUri;
      const recipe = notebook ? await pickRecipe() : await recipeOf(recipes, given);
      return recipe && addRecipeToNotebook(recipe, notebook);
    }),
    registerCommand('thaw.saveCellAsRecipe', async given => {
      const { saveCellAsRecipe } = await import('./notebookCommands');
      const cell = cellGiven(given);
      return cell && saveCellAsRecipe(cell);
    }),
  );
}

/** The recipe file that a command was given, the active one, or the one that is picked. */
async function recipeOf({ active }: RecipeFiles, given: unknown): Promise<vscode.Uri | undefined> {
  if (given instanceof vscode.Uri && isRecipeFile(given)) return given;
  return active && isRecipeFile(active.uri) ? active.uri : pickRecipe();
}

/** The cell whose menu a command was chosen in, or the one in focus. */
function cellGiven(given: unknown): vscode.NotebookCell | undefined {
  const document = (given as Partial<vscode.NotebookCell> | undefined)?.document;
  const cell = document && cellOf(document.uri);
  if (cell) return cell;
  const editor = vscode.window.activeNotebookEditor;
  return editor?.notebook.notebookType === NOTEBOOK_TYPE ? focusedCell(editor) : undefined;
}

async function runCell({ notebook, index }: vscode.NotebookCell): Promise<void> {
  const ranges = [{ start: index, end: index + 1 }];
  await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: notebook.uri });
}

/** Runs the cell once more that a run was started from, as it stands now. */
async function runAgain(runs: TrainingRuns, folder: string): Promise<void> {
  const run = await runs.find(folder);
  if (run?.recipeFile === undefined) return;
  const uri = vscode.Uri.file(run.recipeFile);
  const shown = openNotebooks().find(notebook => notebook.uri.toString() === uri.toString());
  const notebook = shown ?? (await vscode.workspace.openNotebookDocument(uri));
  await vscode.window.showNotebookDocument(notebook);
  const { nameOfCell } = await import('../recipe/composeNotebookCell');
  const cells = recipeCells(notebook);
  const cell =
    (await find(cells, async cell => isOf(cell, folder))) ??
    cells.find(cell => nameOfCell(cell) === run.cell?.name);
  if (!cell) throw new UserError(vscode.l10n.t('The cell that {0} was run from is gone.', run.name));
  await runCell(cell);
}

async function isOf(cell: vscode.NotebookCell, folder: string): Promise<boolean> {
  const names = runsOfCell(cell)?.runs ?? [];
  const folders = await Promise.all(names.map(({ folder }) => shownRunFolder(cell.notebook, folder)));
  return folders.includes(folder);
}

async function find<Item>(
  items: readonly Item[],
  is: (item: Item) => Promise<boolean>,
): Promise<Item | undefined> {
  for (const item of items) if (await is(item)) return item;
  return undefined;
}
