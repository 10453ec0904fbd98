import * as vscode from 'vscode';
import { findRecipes, pickOf } from '../recipe/recipeFiles';
import { plainMessage } from '../plainMessage';

/**
 * The recipe that a command is about: the one it was given, the active one, the only one of the workspace, or the one
 * that the person picks. Undefined when there is none, or none was picked.
 */
export async function recipeOf(
  given: unknown,
  active: () => vscode.Uri | undefined,
): Promise<vscode.Uri | undefined> {
  if (given instanceof vscode.Uri) return given;
  const known = active();
  if (known) return known;
  const recipes = await findRecipes();
  if (recipes.length <= 1) return recipes[0] ?? offerNew();
  return pickOf(recipes, vscode.l10n.t('The recipe to fine-tune with'));
}

async function offerNew(): Promise<undefined> {
  const create = vscode.l10n.t('New Recipe');
  const message = vscode.l10n.t('There is no recipe in this workspace yet.');
  const chosen = await vscode.window.showInformationMessage(plainMessage(message), create);
  if (chosen === create) await vscode.commands.executeCommand('thaw.newRecipe');
  return undefined;
}
