import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import { RecipeDiagnostics } from './recipeDiagnostics';
import { isRecipe } from './recipeDocuments';
import { pickRecipe, type RecipeFiles } from './recipeFiles';
import { RecipeLenses } from './recipeLenses';

/** Writing recipes: lenses, diagnostics with quick fixes, and the commands that make and change them. */
export function registerRecipes(recipes: RecipeFiles): vscode.Disposable {
  const command = (id: string, run: (given: unknown) => Promise<unknown>): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (given: unknown) => {
      try {
        return await run(given);
      } catch (error) {
        if (error instanceof vscode.CancellationError) return undefined;
        if (!(error instanceof UserError)) throw error;
        void vscode.window.showErrorMessage(error.message);
        return undefined;
      }
    });
  return vscode.Disposable.from(
    new RecipeLenses(recipes),
    new RecipeDiagnostics(recipes),
    command('thaw.setClassCount', async given => {
      const { setClassCount } = await import('./setClassCount');
      const uri = await recipeOf(recipes, given);
      if (uri) await setClassCount(recipes, uri);
    }),
    command('thaw.newRecipe', async given => {
      const { newRecipe } = await import('./newRecipe');
      return newRecipe(recipes, given instanceof vscode.Uri ? given : undefined);
    }),
    command('thaw.openRecipe', async () => {
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
