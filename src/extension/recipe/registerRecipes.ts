import * as vscode from 'vscode';
import { registerCommand } from '../registerCommand';
import { RecipeDiagnostics } from './recipeDiagnostics';
import { isRecipe } from './recipeDocuments';
import { pickRecipe, type RecipeFiles } from './recipeFiles';
import { RecipeLenses } from './recipeLenses';

/** Writing recipes: lenses, diagnostics with quick fixes, and the commands that make and change them. */
export function registerRecipes(recipes: RecipeFiles): vscode.Disposable {
  return vscode.Disposable.from(
    new RecipeLenses(recipes),
    new RecipeDiagnostics(recipes),
    registerCommand('thaw.setClassCount', async given => {
      const { setClassCount } = await import('./setClassCount');
      const uri = await recipeOf(recipes, given);
      if (uri) await setClassCount(recipes, uri);
    }),
    registerCommand('thaw.newRecipe', async given => {
      const { newRecipe } = await import('./newRecipe');
      return newRecipe(recipes, given instanceof vscode.Uri ? given : undefined);
    }),
    registerCommand('thaw.openRecipe', async () => {
      const uri = await pickRecipe();
      if (uri) await vscode.window.showTextDocument(uri);
    }),
  );
}

/** The recipe that a command was given, the active one, or the one that is picked. */
async function recipeOf(recipes: RecipeFiles, given: unknown): Promise<vscode.Uri | undefined> {
  if (given instanceof vscode.Uri && isRecipe({ uri: given })) return given;
  return (await recipes.ready())?.uri ?? pickRecipe();
}
