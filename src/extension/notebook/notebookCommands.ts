import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { cellFromRecipe, recipeFromCell } from '../../core/notebook/cellText';
import type { ComposedRun } from '../../core/notebook/composeCell';
import { refusalOf } from '../../core/notebook/composeCell';
import { proposeCells } from '../../core/notebook/proposeCells';
import { writeThawDocument, type ThawCell } from '../../core/notebook/thawDocument';
import { fileNameOf } from '../../core/plainName';
import { MAX_RECIPE_BYTES } from '../../core/recipe/recipeText';
import { readRegularFile } from '../../core/regularFile';
import { UserError } from '../../core/userError';
import { askForRecipe } from '../recipe/askForRecipe';
import { composeNotebookCell } from '../recipe/composeNotebookCell';
import { writeNewFile } from '../recipe/newFile';
import { NOTEBOOK_TYPE, openNotebooks } from '../recipe/recipeDocuments';
import { findNotebooks, type RecipeFiles } from '../recipe/recipeFiles';
import { cellData } from './notebookSerializer';

/** Walks from a folder of images to a notebook, and opens it. `folder`: where the images are, if that is known. */
export async function newNotebook(
  recipes: RecipeFiles,
  folder?: vscode.Uri,
): Promise<vscode.Uri | undefined> {
  const answers = await askForRecipe(recipes, vscode.l10n.t('New Notebook'), folder);
  if (!answers) return undefined;
  const { place, labels, ...sketch } = answers;
  return writeNotebook(place, answers.name, proposeCells({ ...sketch, ...(labels && { labels }) }));
}

/** Makes a notebook of a recipe file, beside it, and opens it. */
export async function recipeToNotebook(recipe: vscode.Uri): Promise<vscode.Uri> {
  const folder = dirname(recipe.fsPath);
  const name = nameOf(recipe);
  const cell = await cellOfRecipe(recipe, folder);
  return writeNotebook(folder, name, [{ kind: 'markdown', text: `# ${name}` }, cell]);
}

/** Adds a recipe file as the last cell of a notebook, and shows it there; undefined when the person gives up. */
export async function addRecipeToNotebook(
  recipe: vscode.Uri,
  given: vscode.Uri | undefined,
): Promise<vscode.Uri | undefined> {
  const uri = given ?? (await pickNotebook());
  if (!uri) return undefined;
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  if (notebook.isUntitled) {
    throw new UserError(
      vscode.l10n.t('Save the notebook to a file first: the paths in its recipes are relative to it.'),
    );
  }
  const cell = cellData(await cellOfRecipe(recipe, dirname(uri.fsPath)));
  const edit = new vscode.WorkspaceEdit();
  edit.set(uri, [vscode.NotebookEdit.insertCells(notebook.cellCount, [cell])]);
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new Error(`The editor did not take the new cell of ${uri.fsPath}`);
  const last = new vscode.NotebookRange(notebook.cellCount - 1, notebook.cellCount);
  const editor = await vscode.window.showNotebookDocument(notebook, { selections: [last] });
  editor.revealRange(last, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  return uri;
}

/** Writes a cell, with all that it takes from others, to a recipe file, and opens that. */
export async function saveCellAsRecipe(cell: vscode.NotebookCell): Promise<vscode.Uri | undefined> {
  const composed = composeNotebookCell(cell);
  const refusal = refusalOf(composed, cell.document.getText());
  if (refusal) throw refusal;
  const run = await pickRun(composed.runs);
  if (!run) return undefined;
  const folder = vscode.Uri.joinPath(cell.notebook.uri, '..');
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Cell as Recipe File'),
    defaultUri: vscode.Uri.joinPath(folder, `${fileNameOf(run.name)}.thaw.json`),
    filters: { [vscode.l10n.t('Recipe')]: ['thaw.json'] },
  });
  if (!target) return undefined;
  const text = recipeFromCell(run.text, { from: folder.fsPath, to: dirname(target.fsPath) });
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await vscode.window.showTextDocument(target);
  return target;
}

async function writeNotebook(folder: string, name: string, cells: readonly ThawCell[]): Promise<vscode.Uri> {
  const uri = await writeNewFile(folder, name, '.thaw', writeThawDocument({ cells }));
  await vscode.commands.executeCommand('vscode.openWith', uri, NOTEBOOK_TYPE);
  return uri;
}

async function cellOfRecipe(recipe: vscode.Uri, to: string): Promise<ThawCell> {
  const key = recipe.toString();
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === key);
  const text = open?.getText() ?? (await readRegularFile(recipe.fsPath, MAX_RECIPE_BYTES)).toString('utf8');
  const from = dirname(recipe.fsPath);
  return { kind: 'recipe', text: cellFromRecipe(text, { from, to, name: nameOf(recipe) }) };
}

async function pickNotebook(): Promise<vscode.Uri | undefined> {
  const open = openNotebooks().map(({ uri }) => uri);
  const known = new Set(open.map(String));
  const found = [...open, ...(await findNotebooks()).filter(uri => !known.has(uri.toString()))];
  if (found.length === 0) {
    throw new UserError(
      vscode.l10n.t(
        'There is no notebook in this workspace yet: make one with Thaw: Turn Recipe into Notebook.',
      ),
    );
  }
  const items = found.map(uri => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const placeHolder = vscode.l10n.t('Which notebook?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri;
}

async function pickRun(runs: readonly ComposedRun[]): Promise<ComposedRun | undefined> {
  if (runs.length === 1) return runs[0];
  const items = runs.map(run => ({ label: run.variant ?? run.name, run }));
  const placeHolder = vscode.l10n.t('Which run of the sweep?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.run;
}

function nameOf({ fsPath }: vscode.Uri): string {
  return basename(fsPath).replace(/\.thaw\.json$|\.json$/i, '');
}
