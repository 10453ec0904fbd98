import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import * as vscode from 'vscode';
import { t } from '../../protocol/language';
import type { CellPlace } from '../../core/notebook/composeCell';
import { printable } from '../../protocol/printable';
import type { Finding, Fix } from './findings';
import { RECIPE_SELECTOR } from './recipeDocuments';
import type { RecipeFile, RecipeFiles } from './recipeFiles';
import { editTo } from './workspaceEdit';

interface Shown {
  readonly diagnostic: vscode.Diagnostic;
  readonly fixes: readonly (Fix | { readonly title: string; readonly changes: 'delete' })[];
}

/** Time between two looks at the data of a recipe that is being written, in ms. */
const QUIET = 300;

/** Underlines what is wrong with open recipes and no schema can tell, and offers to mend it. */
export class RecipeDiagnostics implements vscode.CodeActionProvider, vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('thaw');
  private readonly shown = new Map<string, readonly Shown[]>();
  private readonly checks = new Map<string, AbortController>();
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly recipes: RecipeFiles) {
    this.subscriptions = vscode.Disposable.from(
      this.collection,
      recipes.onDidChange(file => void this.check(file)),
      recipes.onDidClose(uri => this.forget(uri)),
      // The data may have changed meanwhile.
      vscode.window.onDidChangeActiveTextEditor(editor => void this.checkAgain(editor?.document.uri)),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) void this.checkAgain(vscode.window.activeTextEditor?.document.uri);
      }),
      vscode.languages.registerCodeActionsProvider(RECIPE_SELECTOR, this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    );
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const { changeRecipe } = await import('../../core/recipe/editRecipe');
    const shown = this.shown.get(document.uri.toString()) ?? [];
    return diagnostics.flatMap(diagnostic => {
      const same = shown.find(
        ({ diagnostic: { message, range } }) =>
          message === diagnostic.message && range.isEqual(diagnostic.range),
      );
      return (same?.fixes ?? []).map(({ title, changes }, index) => {
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.diagnostics = [diagnostic];
        action.isPreferred = index === 0;
        action.edit =
          changes === 'delete'
            ? deletion(document, diagnostic.range)
            : editTo(document, changeRecipe(document.getText(), changes));
        return action;
      });
    });
  }

  dispose(): void {
    for (const check of this.checks.values()) check.abort();
    this.subscriptions.dispose();
  }

  private async checkAgain(uri: vscode.Uri | undefined): Promise<void> {
    if (uri && this.shown.has(uri.toString())) await this.check(await this.recipes.read(uri));
  }

  private async check(file: RecipeFile): Promise<void> {
    const key = file.uri.toString();
    const document = documentOf(key);
    if (!document) return;
    this.checks.get(key)?.abort();
    const check = new AbortController();
    this.checks.set(key, check);
    try {
      const findings = await this.find(file, check.signal);
      if (check.signal.aborted || !documentOf(key)) return;
      const root = parseTree(file.text);
      const shown: Shown[] = findings.map(finding => ({
        fixes: finding.fixes,
        diagnostic: diagnosticOf(finding, document, placeOf(file, root, finding.path)),
      }));
      const comma = trailingComma(file, document);
      if (comma) shown.push(comma);
      else shown.push(...cellProblems(file, document));
      this.shown.set(key, shown);
      this.collection.set(
        file.uri,
        shown.map(({ diagnostic }) => diagnostic),
      );
    } catch (error) {
      if (!check.signal.aborted) throw error;
    }
  }

  /** First what is known at once; the rest needs the disk and waits for a pause. */
  private async find(file: RecipeFile, signal: AbortSignal): Promise<readonly Finding[]> {
    if (file.value === undefined || !file.layers) return [];
    const [{ checkLayers }, { checkData }] = await Promise.all([
      import('./checkLayers'),
      import('./checkData'),
    ]);
    const layers = checkLayers(file.layers, file.value);
    await new Promise(resolve => setTimeout(resolve, QUIET));
    signal.throwIfAborted();
    const options = { file: file.uri.fsPath, facts: this.recipes.data, signal };
    return [...layers, ...(await checkData(file.value, options))];
  }

  private forget(uri: vscode.Uri): void {
    const key = uri.toString();
    this.checks.get(key)?.abort();
    this.checks.delete(key);
    this.shown.delete(key);
    this.collection.delete(uri);
  }
}

/** Of the mistakes that make a text unreadable, the one that the editor only warns of. */
function trailingComma({ text, unreadable }: RecipeFile, document: vscode.TextDocument): Shown | undefined {
  if (!unreadable || text[unreadable.offset] !== ',') return undefined;
  const { offset, length, message } = unreadable;
  const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
  const diagnostic = new vscode.Diagnostic(range, printable(t('Training refuses this recipe: {0}', message)));
  diagnostic.source = 'Thaw';
  return { diagnostic, fixes: [{ title: t('Remove the comma'), changes: 'delete' }] };
}

function deletion({ uri }: vscode.TextDocument, range: vscode.Range): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  edit.delete(uri, range);
  return edit;
}

function documentOf(key: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === key);
}

/** What is wrong with a cell's recipe or with what it takes from other cells. */
function cellProblems({ cell }: RecipeFile, document: vscode.TextDocument): readonly Shown[] {
  return (cell?.problems ?? []).map(problem => ({
    fixes: [],
    diagnostic: diagnosticOf(problem, document, problem),
  }));
}

/** Where a recipe's text says what a field is; of a cell, what it takes from another is where it names that. */
function placeOf({ cell }: RecipeFile, root: Node | undefined, path: Finding['path']): CellPlace {
  if (cell) return cell.placeOf(path);
  return (root && findNodeAtLocation(root, [...path])) ?? { offset: 0, length: 1 };
}

function diagnosticOf(
  { message, severity }: Pick<Finding, 'message' | 'severity'>,
  document: vscode.TextDocument,
  { offset, length }: CellPlace,
): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
  const level = severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(range, printable(message), level);
  diagnostic.source = 'Thaw';
  return diagnostic;
}
