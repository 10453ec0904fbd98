import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import { RUN_MIME, type RunOutput } from '../../protocol/notebookOutput';

/** The type of the extension's notebooks, as the manifest has it. */
export const NOTEBOOK_TYPE = 'thaw';

/** The language of recipe cells. */
export const RECIPE_LANGUAGE = 'jsonc';

/** The scheme of the documents of cells; their path is the notebook's. */
const CELL_SCHEME = 'vscode-notebook-cell';

/** Recipes, be they files or cells, for what the editor offers in their text. */
export const RECIPE_SELECTOR: vscode.DocumentSelector = [
  { scheme: 'file', pattern: '**/*.thaw.json' },
  { notebookType: NOTEBOOK_TYPE, language: RECIPE_LANGUAGE },
];

/** Whether a document is a recipe file of the workspace: not an old version, say, in a comparison. */
export function isRecipeFile({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'file' && /\.thaw\.json$/i.test(path);
}

/** Whether an address may be that of a notebook's cell. */
export function isCell({ scheme, path }: vscode.Uri): boolean {
  return scheme === CELL_SCHEME && /\.thaw$/i.test(path);
}

/** Whether a document is a recipe: a file of the workspace, or a cell of an open notebook. */
export function isRecipe({ uri }: { readonly uri: vscode.Uri }): boolean {
  return isCell(uri) ? cellOf(uri) !== undefined : isRecipeFile(uri);
}

/** Opens a recipe as it stands in its editor, or on disk; a UserError says when it cannot be read. */
export async function openRecipeDocument(uri: vscode.Uri): Promise<vscode.TextDocument> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch (error) {
    throw new UserError(vscode.l10n.t('The recipe {0} cannot be read.', uri.fsPath), { cause: error });
  }
}

/** The recipe cell of a document; undefined where it is none, or gone, or of an old version in a comparison. */
export function cellOf(uri: vscode.Uri): vscode.NotebookCell | undefined {
  if (!isCell(uri)) return undefined;
  const key = uri.toString();
  const cells = openNotebooks()
    .filter(notebook => notebook.uri.path === uri.path)
    .flatMap(recipeCells);
  return cells.find(({ document }) => document.uri.toString() === key);
}

/** The cells of a notebook that are no markdown. */
export function recipeCells(notebook: vscode.NotebookDocument): readonly vscode.NotebookCell[] {
  const { Code } = vscode.NotebookCellKind;
  return notebook.getCells().filter(({ kind }) => kind === Code);
}

/** The notebooks of this extension that are open, without the old versions in comparisons. */
export function openNotebooks(): readonly vscode.NotebookDocument[] {
  return vscode.workspace.notebookDocuments.filter(
    ({ notebookType, uri }) => notebookType === NOTEBOOK_TYPE && ['file', 'untitled'].includes(uri.scheme),
  );
}

/**
 * The recipe cell that a notebook's editor is at: the focused one, or the first below a focused markdown cell; the last
 * where none is below.
 */
export function focusedCell({ notebook, selection }: vscode.NotebookEditor): vscode.NotebookCell | undefined {
  const cells = recipeCells(notebook);
  return cells.find(({ index }) => index >= selection.start) ?? cells.at(-1);
}

/** The runs that a cell's output names; undefined where it has none that can be read. */
export function runsOfCell({ outputs }: Pick<vscode.NotebookCell, 'outputs'>): RunOutput | undefined {
  const items = outputs.flatMap(output => output.items.filter(({ mime }) => mime === RUN_MIME));
  try {
    return items[0] && (JSON.parse(new TextDecoder().decode(items[0].data)) as RunOutput);
  } catch {
    return undefined;
  }
}
