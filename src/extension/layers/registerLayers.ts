import * as vscode from 'vscode';
import type { FreezeEdit } from '../../core/model/freezeEdits';
import { UserError } from '../../core/userError';
import { isRecipe } from '../recipe/recipeDocuments';
import type { RecipeFiles } from '../recipe/recipeFiles';
import { LayersView, type LayerRow } from './layersView';
import { plainMessage } from '../plainMessage';

type Edits = typeof import('../../core/model/freezeEdits');

const MESSAGE_MS = 5000;

/** The Layers view and its commands. `media`: the folder of the extension's icons. */
export function registerLayers(recipes: RecipeFiles, media: vscode.Uri): vscode.Disposable {
  const layers = new LayersView(recipes, media);

  /** Changes the `freeze` list of the recipe whose layers are shown. */
  const edit = async (editOf: (edits: Edits) => FreezeEdit): Promise<void> => {
    const { shown } = layers;
    if (!shown) return;
    try {
      const change = editOf(await import('../../core/model/freezeEdits'));
      await recipes.edit(shown.recipe, file => [
        { path: ['freeze'], value: [...change(shown.model.root, file.layers?.freeze ?? [])] },
      ]);
    } catch (error) {
      layers.refresh();
      if (!(error instanceof UserError)) throw error;
      void vscode.window.showErrorMessage(plainMessage(error.message));
    }
  };
  const command = (id: string, run: (...given: unknown[]) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(id, run);
  const onLayers = (id: string, title: string, editOf: (edits: Edits, paths: string[]) => FreezeEdit) =>
    command(id, async (given, all) => {
      const paths = await layersOf(layers, title, given, all);
      if (paths.length > 0) await edit(edits => editOf(edits, paths));
    });
  const onLayer = (id: string, title: string, editOf: (edits: Edits, path: string) => FreezeEdit) =>
    command(id, async given => {
      const [path] = await layersOf(layers, title, given, undefined);
      if (path !== undefined) await edit(edits => editOf(edits, path));
    });

  return vscode.Disposable.from(
    layers,
    layers.view.onDidChangeCheckboxState(({ items }) => {
      // The editor has forgotten the row that was clicked: it is being drawn anew.
      if (items.length === 0) {
        const message = vscode.l10n.t('The layers were just being redrawn: click once more.');
        return void vscode.window.setStatusBarMessage(message, MESSAGE_MS);
      }
      const { Checked } = vscode.TreeItemCheckboxState;
      void edit(({ setFrozen }) => (root, freeze) => {
        const pathsIn = (checked: boolean): string[] =>
          items.filter(([, state]) => (state === Checked) === checked).map(([{ path }]) => path);
        return setFrozen(pathsIn(false), false)(root, setFrozen(pathsIn(true), true)(root, freeze));
      });
    }),
    onLayers('thaw.freezeLayers', vscode.l10n.t('Freeze'), ({ setFrozen }, paths) => setFrozen(paths, true)),
    onLayers('thaw.unfreezeLayers', vscode.l10n.t('Unfreeze'), ({ setFrozen }, paths) =>
      setFrozen(paths, false),
    ),
    onLayers('thaw.toggleFrozen', vscode.l10n.t('Freeze or Unfreeze'), ({ toggleFrozen }, paths) =>
      toggleFrozen(paths),
    ),
    onLayer('thaw.freezeUpToHere', vscode.l10n.t('Freeze Up To Here'), ({ freezeUpTo }, path) =>
      freezeUpTo(path),
    ),
    onLayer('thaw.unfreezeFromHere', vscode.l10n.t('Unfreeze From Here'), ({ unfreezeFrom }, path) =>
      unfreezeFrom(path),
    ),
    command('thaw.freezeAllButHead', async () => {
      await layers.update();
      const head = layers.shown?.model.head;
      if (head !== undefined) await edit(({ freezeAllBut }) => freezeAllBut(head));
    }),
    command('thaw.unfreezeAll', async () => {
      await layers.update();
      await edit(({ unfreezeAll }) => unfreezeAll);
    }),
    command('thaw.filterLayers', async () => {
      await vscode.commands.executeCommand('thaw.layers.focus');
      await vscode.commands.executeCommand('list.find');
    }),
    command('thaw.showLayers', async given => {
      if (given instanceof vscode.Uri && isRecipe({ uri: given })) await recipes.activate(given);
      await vscode.commands.executeCommand('thaw.layers.focus');
    }),
  );
}

/** The paths that a command is about: those it was given, the selected ones, or those that are picked. */
async function layersOf(layers: LayersView, title: string, row: unknown, rows: unknown): Promise<string[]> {
  if (Array.isArray(rows) && rows.length > 0) return (rows as LayerRow[]).map(({ path }) => path);
  if (row) return [(row as LayerRow).path];
  const selected = layers.view.selection.map(({ path }) => path);
  if (selected.length > 0) return selected;
  await layers.update();
  const { rowText } = await import('./layerText');
  const items = Array.from(layers.shown?.model.byPath.values() ?? [], node => ({
    label: node.path,
    description: rowText(node),
  }));
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  return picked ? [picked.label] : [];
}
