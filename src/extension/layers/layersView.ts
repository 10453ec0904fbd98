import * as vscode from 'vscode';
import type { LayerFields } from '../../core/recipe/layerFields';
import { numberText } from '../../protocol/language';
import type { DataSummary } from '../recipe/dataFacts';
import { dataPlace } from '../recipe/dataPlace';
import type { RecipeFile, RecipeFiles } from '../recipe/recipeFiles';
import type { LayerModel } from './layerModel';
import { rowSpeech, rowText, stateText, summaryText, titleText } from './layerText';
import { freezeWords, layerWords } from './layerWords';

/** A row is drawn together with all below it, on which clicks may follow one another; this long after the last one. */
const CLICKS_PAUSE_MS = 600;

/** A row of the tree, and what its commands take: a module by its path. There is one object for each path. */
export interface LayerRow {
  readonly path: string;
}

/** What the tree shows: a model, and the recipe that it is of. */
export interface ShownLayers {
  readonly recipe: vscode.Uri;
  readonly model: LayerModel;
}

/**
 * The Layers view: the model of the active recipe as a tree, a checkbox for each module: checked is frozen. Its rows
 * outlive the models that an edit makes anew, and only those that say something else are drawn again. A row that is drawn while it is clicked loses the click: the editor forgets all rows below what is drawn anew.
 */
export class LayersView implements vscode.TreeDataProvider<LayerRow>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<LayerRow[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<LayerRow>;
  private readonly subscriptions: vscode.Disposable;
  private shownNow: ShownLayers | undefined;
  private fields: LayerFields | undefined;
  private readonly rows = new Map<string, LayerRow>();
  /** Rows to be drawn when the clicks pause. */
  private readonly waiting = new Set<LayerRow>();
  private timer: NodeJS.Timeout | undefined;
  private counting: AbortController | undefined;

  constructor(
    private readonly recipes: RecipeFiles,
    private readonly media: vscode.Uri,
  ) {
    this.view = vscode.window.createTreeView<LayerRow>('thaw.layers', {
      treeDataProvider: this,
      manageCheckboxStateManually: true,
      canSelectMany: true,
      showCollapseAll: true,
    });
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      this.view,
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible) void this.update();
      }),
      recipes.onDidChangeActive(() => void this.update()),
    );
    if (this.view.visible) void this.update();
  }

  /** What the tree shows; undefined where there is no model to show. */
  get shown(): ShownLayers | undefined {
    return this.shownNow;
  }

  /** Brings the tree to what the active recipe says now. */
  async update(): Promise<void> {
    const file = this.recipes.active ?? (this.view.visible ? await this.recipes.ready() : undefined);
    if (!file) return this.showNothing();
    const { buildLayerModel } = await import('./layerModel');
    // Another recipe may have become active while this waited.
    if (file !== this.recipes.active) return;
    const dataClasses = this.classCount(file)?.classes.length;
    const model = file.lastLayers && buildLayerModel(file.lastLayers, dataClasses);
    const [before, fieldsBefore] = [this.shownNow, this.fields];
    const sameRecipe = before?.recipe.toString() === file.uri.toString();
    if (model) {
      this.shownNow = { recipe: file.uri, model };
      this.fields = file.lastLayers;
    } else if (!sameRecipe) {
      this.shownNow = undefined;
    }
    this.tell(file, model !== undefined);
    const sameRows =
      sameRecipe &&
      before?.model.name === this.shownNow?.model.name &&
      fieldsBefore?.frozenBatchNorm === this.fields?.frozenBatchNorm;
    if (sameRows) this.drawChanges(before.model, this.shownNow!.model);
    else this.refresh();
  }

  /** Shows the whole tree anew: after an edit that was refused, a checkbox must go back. */
  refresh(): void {
    this.forgetWaiting();
    this.changed.fire(undefined);
  }

  /** Draws the rows that say something else now. Those above a row that was clicked wait until the clicks pause. */
  private drawChanges(before: LayerModel, now: LayerModel): void {
    const due: LayerRow[] = [];
    for (const [path, is] of now.byPath) {
      const was = before.byPath.get(path)!;
      if (was.state === is.state && rowText(was) === rowText(is)) continue;
      if (was.state === 'mixed' || is.state === 'mixed') this.waiting.add(this.rowOf(path));
      else due.push(this.rowOf(path));
    }
    this.changed.fire(due);
    if (this.waiting.size === 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.changed.fire([...this.waiting]);
      this.waiting.clear();
    }, CLICKS_PAUSE_MS);
  }

  private forgetWaiting(): void {
    clearTimeout(this.timer);
    this.waiting.clear();
  }

  private rowOf(path: string): LayerRow {
    const row = this.rows.get(path) ?? { path };
    this.rows.set(path, row);
    return row;
  }

  getChildren(row?: LayerRow): LayerRow[] {
    const model = this.shownNow?.model;
    const nodes = row ? model?.byPath.get(row.path)?.children : model?.nodes;
    return (nodes ?? []).map(({ path }) => this.rowOf(path));
  }

  getParent({ path }: LayerRow): LayerRow | undefined {
    const parent = this.shownNow?.model.byPath.get(path)?.parent;
    return parent && this.rowOf(parent.path);
  }

  getTreeItem({ path }: LayerRow): vscode.TreeItem {
    const node = this.shownNow?.model.byPath.get(path);
    // Another model has come, and the tree is about to be shown anew.
    if (!node) return new vscode.TreeItem(path);
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.name, node.children.length > 0 ? Collapsed : None);
    const frozen = node.state === 'frozen';
    item.id = `${this.shownNow?.model.name} ${node.path}`;
    item.description = rowText(node);
    item.iconPath = {
      light: vscode.Uri.joinPath(this.media, 'icons', `${node.state}-light.svg`),
      dark: vscode.Uri.joinPath(this.media, 'icons', `${node.state}-dark.svg`),
    };
    item.contextValue = node.isHead ? `layer ${node.state} head` : `layer ${node.state}`;
    item.accessibilityInformation = { label: rowSpeech(node), role: 'treeitem' };
    const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
    const label = frozen ? vscode.l10n.t('Frozen: click to unfreeze') : vscode.l10n.t('Click to freeze');
    item.checkboxState = {
      state: frozen ? Checked : Unchecked,
      tooltip: label,
      accessibilityInformation: { label: `${vscode.l10n.t('Freeze {0}', node.path)}`, role: 'checkbox' },
    };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, { path }: LayerRow): vscode.TreeItem {
    const node = this.shownNow?.model.byPath.get(path);
    if (!node) return item;
    const text = new vscode.MarkdownString(`**${node.path}** ${node.layer.type}\n\n`);
    text.appendMarkdown(`${layerWords(node.layer)}\n\n`);
    text.appendMarkdown(`${freezeWords(node.layer, this.fields?.frozenBatchNorm ?? 'eval')}\n\n`);
    if (node.isHead) {
      text.appendMarkdown(
        `${vscode.l10n.t('It is the head: a fresh last layer, with one output for each class.')}\n\n`,
      );
    }
    const { parameters, outputShape } = node;
    const facts = [
      [vscode.l10n.t('State'), stateText(node)],
      [vscode.l10n.t('Output'), outputShape.join(' × ')],
      [vscode.l10n.t('Parameters'), numberText(parameters)],
    ];
    text.appendMarkdown(
      `| | |\n|:--|:--|\n${facts.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}`,
    );
    item.tooltip = text;
    return item;
  }

  dispose(): void {
    this.counting?.abort();
    this.forgetWaiting();
    this.subscriptions.dispose();
  }

  private showNothing(): void {
    this.shownNow = undefined;
    this.view.description = undefined;
    this.view.message = undefined;
    void vscode.commands.executeCommand('setContext', 'thaw.hasLayers', false);
    this.refresh();
  }

  private tell(file: RecipeFile, isCurrent: boolean): void {
    const shown = this.shownNow;
    void vscode.commands.executeCommand('setContext', 'thaw.hasLayers', shown !== undefined);
    this.view.description = shown && titleText(shown.model);
    const lines = shown ? [summaryText(shown.model)] : [];
    if (file.unreadable) {
      const line = file.text.slice(0, file.unreadable.offset).split('\n').length;
      lines.unshift(
        shown
          ? vscode.l10n.t(
              'The recipe has a mistake in line {0}. These are the layers as they last were.',
              line,
            )
          : vscode.l10n.t('The recipe has a mistake in line {0}: {1}.', line, file.unreadable.message),
      );
    } else if (!isCurrent) {
      const name = file.layers?.model;
      const what =
        name === undefined
          ? vscode.l10n.t('The recipe names no model.')
          : vscode.l10n.t('There is no model {0}.', name);
      lines.unshift(shown ? vscode.l10n.t('{0} These are the layers of {1}.', what, shown.model.name) : what);
    }
    this.view.message = lines.join('\n\n');
  }

  /** What is known of the data's classes; where that is not known and needed, looks and updates the tree. */
  private classCount(file: RecipeFile): DataSummary | undefined {
    const place = dataPlace(file.lastValue, file.uri.fsPath);
    if (!place || file.lastLayers?.classes !== undefined) return undefined;
    const known = this.recipes.data.known(place);
    if (!known) void this.count(place);
    return known;
  }

  private async count(place: NonNullable<ReturnType<typeof dataPlace>>): Promise<void> {
    this.counting?.abort();
    this.counting = new AbortController();
    const { signal } = this.counting;
    try {
      await this.recipes.data.find(place, signal);
    } catch {
      // The recipe's diagnostics say what is wrong with the data.
      return;
    }
    if (!signal.aborted) await this.update();
  }
}
