import * as vscode from 'vscode';
import type { RecipeFile, RecipeFiles } from './recipeFiles';

/** Above the first line of a recipe: what can be done with it. */
export class RecipeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly recipes: RecipeFiles) {
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      recipes.onDidChange(() => this.changed.fire()),
      vscode.languages.registerCodeLensProvider({ scheme: 'file', pattern: '**/*.thaw.json' }, this),
    );
  }

  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const file = await this.recipes.read(uri);
    const top = new vscode.Range(0, 0, 0, 0);
    return [
      {
        title: `$(play) ${vscode.l10n.t('Start Fine-Tune')}`,
        tooltip: vscode.l10n.t('Train as this recipe says'),
        command: 'thaw.startFineTune',
        arguments: [uri],
      },
      {
        title: `$(list-tree) ${vscode.l10n.t('Layers')}`,
        tooltip: vscode.l10n.t('Show the layers, and freeze them by a click'),
        command: 'thaw.showLayers',
        arguments: [uri],
      },
      {
        title: `$(symbol-enum) ${classesTitle(file)}`,
        tooltip: vscode.l10n.t('Set the number of output classes'),
        command: 'thaw.setClassCount',
        arguments: [uri],
      },
    ].map(command => new vscode.CodeLens(top, command));
  }

  dispose(): void {
    this.subscriptions.dispose();
  }
}

function classesTitle({ lastLayers }: RecipeFile): string {
  const title = vscode.l10n.t('Set Classes');
  return lastLayers?.classes === undefined ? title : `${title} (${lastLayers.classes})`;
}
