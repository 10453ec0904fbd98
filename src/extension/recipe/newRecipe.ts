import * as vscode from 'vscode';
import { freezeFor } from '../../core/model/freezeFor';
import { draftRecipe } from '../../core/recipe/recipeDraft';
import { askForRecipe } from './askForRecipe';
import { writeNewFile } from './newFile';
import type { RecipeFiles } from './recipeFiles';

/** Walks from a folder of images to a recipe, and opens it. `folder`: where the images are, if that is known. */
export async function newRecipe(recipes: RecipeFiles, folder?: vscode.Uri): Promise<vscode.Uri | undefined> {
  const answers = await askForRecipe(recipes, vscode.l10n.t('New Recipe'), folder);
  if (!answers) return undefined;
  const { place, name, model, fineTuneCase } = answers;
  const text = draftRecipe({ ...answers, freeze: freezeFor(model, fineTuneCase) });
  const uri = await writeNewFile(place, name, '.thaw.json', text);
  await vscode.window.showTextDocument(uri);
  await vscode.commands.executeCommand('thaw.layers.focus', { preserveFocus: true });
  return uri;
}
