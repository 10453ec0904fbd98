import * as vscode from 'vscode';
import { recipeCells } from '../recipe/recipeDocuments';
import type { RecipeFiles } from '../recipe/recipeFiles';

/** Below a recipe cell: what can be done with it besides running it. */
export class CellActions implements vscode.NotebookCellStatusBarItemProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCellStatusBarItems = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly recipes: RecipeFiles) {
    this.subscription = recipes.onDidChange(() => this.changed.fire());
  }

  async provideCellStatusBarItems(cell: vscode.NotebookCell): Promise<vscode.NotebookCellStatusBarItem[]> {
    if (!recipeCells(cell.notebook).includes(cell)) return [];
    const { uri } = cell.document;
    const { lastLayers } = await this.recipes.read(uri);
    const classes = vscode.l10n.t('Set Classes');
    const count = lastLayers?.classes === undefined ? '' : ` (${lastLayers.classes})`;
    return [
      item(`$(list-tree) ${vscode.l10n.t('Layers')}`, 'thaw.showLayers', uri),
      item(`$(symbol-enum) ${classes}${count}`, 'thaw.setClassCount', uri),
    ];
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

function item(text: string, command: string, cell: vscode.Uri): vscode.NotebookCellStatusBarItem {
  const made = new vscode.NotebookCellStatusBarItem(text, vscode.NotebookCellStatusBarAlignment.Right);
  made.command = { title: text, command, arguments: [cell] };
  return made;
}
