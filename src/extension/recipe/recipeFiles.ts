import * as vscode from 'vscode';
import type { LayerFields } from '../../core/recipe/layerFields';
import type { JsonValue } from '../../core/recipe/recipeText';
import type { RecipeChange } from '../../core/recipe/editRecipe';
import { UserError } from '../../core/userError';
import { mayRead } from '../mayRead';
import { openWorkspace } from '../openWorkspace';
import { DataFacts } from './dataFacts';
import {
  cellOf,
  focusedCell,
  isCell,
  isRecipe,
  isRecipeFile,
  NOTEBOOK_TYPE,
  openNotebooks,
  openRecipeDocument,
  recipeCells,
} from './recipeDocuments';
import type { RecipeReading } from './recipeFile';
import { editTo } from './workspaceEdit';

/** A recipe of the workspace, or a cell of an open notebook, as it was last read. */
export interface RecipeFile extends RecipeReading {
  /** Of the file, or of the cell's document. Its `fsPath` is a cell's notebook: the place of relative paths. */
  readonly uri: vscode.Uri;
  /** What the text says of the layers, or what it said when it could last be read. */
  readonly lastLayers: LayerFields | undefined;
  /** The same of all of it. */
  readonly lastValue: JsonValue | undefined;
}

const RECIPES = '**/*.thaw.json';
const NOTEBOOKS = '**/*.thaw';
/** The files beside which runs are written. */
export const RECIPES_AND_NOTEBOOKS = `{${RECIPES},${NOTEBOOKS}}`;
const NO_RECIPES = '**/{node_modules,.thaw}/**';
/** Time without typing after which a text is read again, in ms. */
const QUIET = 120;

/** All recipes of the workspace. */
export async function findRecipes(most?: number): Promise<readonly vscode.Uri[]> {
  return vscode.workspace.findFiles(RECIPES, NO_RECIPES, most);
}

/** All notebooks of the workspace. */
export async function findNotebooks(): Promise<readonly vscode.Uri[]> {
  return vscode.workspace.findFiles(NOTEBOOKS, NO_RECIPES);
}

/** All recipes and notebooks of the workspace. */
export async function findRecipesAndNotebooks(most: number): Promise<readonly vscode.Uri[]> {
  return vscode.workspace.findFiles(RECIPES_AND_NOTEBOOKS, NO_RECIPES, most);
}

/** Asks for a recipe file of the workspace. A UserError says that there is none. */
export async function pickRecipe(): Promise<vscode.Uri | undefined> {
  const found = await findRecipes();
  if (found.length === 0) {
    throw new UserError(
      vscode.l10n.t('There is no recipe in this workspace yet: make one with Thaw: New Recipe.'),
    );
  }
  return pickOf(found, vscode.l10n.t('Which recipe?'));
}

/** Asks for one of some recipe files. */
export async function pickOf(
  recipes: readonly vscode.Uri[],
  placeHolder: string,
): Promise<vscode.Uri | undefined> {
  const items = recipes.map(uri => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  items.sort((a, b) => a.label.localeCompare(b.label));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri;
}

/**
 * The recipes that are open, files and cells, and the active one: that of the editor or cell last focused, else the only
 * one of the workspace. Texts are read again as they change; whatever is shown of a recipe comes from here.
 */
export class RecipeFiles implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<RecipeFile>();
  private readonly activeChanged = new vscode.EventEmitter<RecipeFile | undefined>();
  private readonly closed = new vscode.EventEmitter<vscode.Uri>();
  /** A recipe was opened, or its text read again. */
  readonly onDidChange = this.changed.event;
  /** Another recipe is active, or the text of the active one was read again. */
  readonly onDidChangeActive = this.activeChanged.event;
  /** A recipe was closed. */
  readonly onDidClose = this.closed.event;

  /** What is known of the recipes' images. */
  readonly data = new DataFacts(path => mayRead(path, openWorkspace()));

  private readonly files = new Map<string, RecipeFile>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable[] = [];
  private activeUri: vscode.Uri | undefined;
  private edits: Promise<unknown> = Promise.resolve();

  constructor() {
    const watcher = vscode.workspace.createFileSystemWatcher(RECIPES);
    this.subscriptions.push(
      this.changed,
      this.activeChanged,
      this.closed,
      watcher,
      watcher.onDidCreate(() => void this.ready()),
      watcher.onDidChange(uri => this.changedOnDisk(uri)),
      watcher.onDidDelete(uri => void this.deleted(uri)),
      vscode.window.onDidChangeActiveTextEditor(editor => void this.follow(editor)),
      vscode.workspace.onDidOpenTextDocument(document => {
        if (isRecipe(document)) void this.read(document.uri);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isRecipeFile(document.uri)) this.readLater(document.uri);
      }),
      vscode.workspace.onDidCloseTextDocument(document => {
        const known = this.files.has(document.uri.toString());
        if (known || isRecipeFile(document.uri)) void this.documentClosed(document.uri);
      }),
      vscode.window.onDidChangeActiveNotebookEditor(editor => void this.followNotebook(editor)),
      vscode.window.onDidChangeNotebookEditorSelection(
        ({ notebookEditor }) => void this.followNotebook(notebookEditor),
      ),
      // Cells take from those above, also what their runs have brought.
      vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => this.readCellsLater(notebook)),
    );
    for (const document of vscode.workspace.textDocuments)
      if (isRecipe(document)) void this.read(document.uri);
    void this.follow(
      vscode.window.activeTextEditor ??
        vscode.window.visibleTextEditors.find(({ document }) => isRecipe(document)),
    );
    void this.followNotebook(vscode.window.activeNotebookEditor);
  }

  /** The recipe that commands mean; undefined where there is none, or several and none was focused yet. */
  get active(): RecipeFile | undefined {
    return this.activeUri && this.files.get(this.activeUri.toString());
  }

  /** Resolves once the active recipe is known: looks for the only one of the workspace if none is focused. */
  async ready(): Promise<RecipeFile | undefined> {
    if (this.active) return this.active;
    const [only, another] = await findRecipes(2);
    if (only && !another && !this.activeUri) await this.activate(only);
    return this.active;
  }

  /** The recipe of a file or of a cell, as it is now. */
  async read(uri: vscode.Uri): Promise<RecipeFile> {
    const key = uri.toString();
    const reading = await readingOf(uri);
    const before = this.files.get(key);
    if (before && isSame(before, reading)) return before;
    const file: RecipeFile = {
      ...reading,
      uri,
      lastLayers: reading.layers ?? before?.lastLayers,
      lastValue: reading.value ?? before?.lastValue,
    };
    this.files.set(key, file);
    this.changed.fire(file);
    if (key === this.activeUri?.toString()) this.activeChanged.fire(file);
    return file;
  }

  /** Makes a recipe the active one. */
  async activate(uri: vscode.Uri): Promise<RecipeFile> {
    if (uri.toString() !== this.activeUri?.toString()) {
      this.activeUri = uri;
      const known = this.files.get(uri.toString());
      if (known) this.activeChanged.fire(known);
    }
    return this.read(uri);
  }

  /**
   * Changes a recipe's text as one step that can be undone; the changes are made of the recipe as it is by then. A
   * UserError when its text cannot be read.
   */
  edit(
    uri: vscode.Uri,
    changesOf: (file: RecipeFile) => readonly RecipeChange[] | Promise<readonly RecipeChange[]>,
  ): Promise<void> {
    const edit = this.edits.then(() => this.editNow(uri, changesOf));
    this.edits = edit.catch(() => undefined);
    return edit;
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async editNow(
    uri: vscode.Uri,
    changesOf: (file: RecipeFile) => readonly RecipeChange[] | Promise<readonly RecipeChange[]>,
  ): Promise<void> {
    const { changeRecipe } = await import('../../core/recipe/editRecipe');
    const document = await openRecipeDocument(uri);
    const file = await this.read(uri);
    const after = changeRecipe(file.text, await changesOf(file));
    if (after === file.text) return;
    if (!(await vscode.workspace.applyEdit(editTo(document, after)))) {
      throw new Error(`The editor did not take the change of ${uri.fsPath}`);
    }
    await this.read(uri);
  }

  private async follow(editor: vscode.TextEditor | undefined): Promise<void> {
    if (editor && isRecipe(editor.document)) await this.activate(editor.document.uri);
  }

  private async followNotebook(editor: vscode.NotebookEditor | undefined): Promise<void> {
    if (editor?.notebook.notebookType !== NOTEBOOK_TYPE) return;
    const { notebook, selection } = editor;
    const isMarkdown = !recipeCells(notebook).some(({ index }) => index === selection.start);
    // A look at the words between does not take the layers away.
    if (isMarkdown && this.activeUri && cellOf(this.activeUri)?.notebook === notebook) return;
    const cell = focusedCell(editor);
    if (cell) await this.activate(cell.document.uri);
  }

  private readCellsLater(notebook: vscode.NotebookDocument): void {
    if (!openNotebooks().includes(notebook)) return;
    for (const { document } of recipeCells(notebook)) this.readLater(document.uri);
  }

  private readLater(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.timers.get(key));
    const timer = setTimeout(() => {
      this.timers.delete(key);
      // What is gone by now is told by its closing.
      this.read(uri).catch(() => undefined);
    }, QUIET);
    this.timers.set(key, timer);
  }

  private changedOnDisk(uri: vscode.Uri): void {
    if (this.files.has(uri.toString())) this.readLater(uri);
  }

  private async documentClosed(uri: vscode.Uri): Promise<void> {
    this.closed.fire(uri);
    if (uri.toString() !== this.activeUri?.toString()) this.files.delete(uri.toString());
    // What was not saved is gone: the file says how the recipe is now.
    else await this.read(uri).catch(() => this.deleted(uri));
  }

  private async deleted(uri: vscode.Uri): Promise<void> {
    const key = uri.toString();
    if (vscode.workspace.textDocuments.some(document => document.uri.toString() === key)) return;
    this.files.delete(key);
    if (key === this.activeUri?.toString()) {
      this.activeUri = undefined;
      if (!(await this.ready())) this.activeChanged.fire(undefined);
    }
  }
}

async function readingOf(uri: vscode.Uri): Promise<RecipeReading> {
  const { readRecipe, readCell } = await import('./recipeFile');
  if (!isCell(uri)) return readRecipe(await textOf(uri));
  const { composeNotebookCell } = await import('./composeNotebookCell');
  const cell = cellOf(uri);
  if (!cell) throw new Error(`There is no cell ${uri.toString()}`);
  return readCell(cell.document.getText(), composeNotebookCell(cell));
}

/** A cell's recipe may change while its own text does not. */
function isSame(one: RecipeReading, other: RecipeReading): boolean {
  const said = ({ cell }: RecipeReading): string =>
    JSON.stringify([cell?.name, cell?.recipe, cell?.runs, cell?.problems]);
  return one.text === other.text && said(one) === said(other);
}

async function textOf(uri: vscode.Uri): Promise<string> {
  const key = uri.toString();
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === key);
  return document ? document.getText() : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}
