import * as vscode from 'vscode';
import { findRecipes } from '../recipe/recipeFiles';

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
  const items = recipes.map(uri => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  items.sort((a, b) => a.label.localeCompare(b.label));
  const placeHolder = vscode.l10n.t('The recipe to fine-tune with');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri;
}

async function offerNew(): Promise<undefined> {
  const create = vscode.l10n.t('New Recipe');
  const message = vscode.l10n.t('There is no recipe in this workspace yet.');
  const chosen = await vscode.window.showInformationMessage(message, create);
  if (chosen === create) await vscode.commands.executeCommand('thaw.newRecipe');
  return undefined;
}
