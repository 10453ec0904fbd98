import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../core/userError';
import type { RecipeFiles } from './recipe/recipeFiles';
import { refusesUntrusted } from './refusesUntrusted';
import { recipeOf } from './training/recipeOf';

/** A recipe that is to be tried out by a process, as it stands in its editor. */
export interface RecipeToTry {
  readonly uri: vscode.Uri;
  readonly name: string;
  /** What the process is asked. */
  readonly request: { readonly file: string; readonly recipe: string };
}

/**
 * The recipe that a command was given, is about, or that a person picks; undefined where they gave up, there is no engine,
 * or the workspace is not trusted, which is told by `untrusted`.
 */
export async function recipeToTry(
  given: unknown,
  recipes: RecipeFiles,
  untrusted: string,
): Promise<RecipeToTry | undefined> {
  if (refusesUntrusted(untrusted)) return undefined;
  if (!(await vscode.commands.executeCommand<boolean>('thaw.ensureEngine'))) return undefined;
  const uri = await recipeOf(given, () => recipes.active?.uri);
  if (!uri) return undefined;
  const { value, unreadable } = await recipes.read(uri);
  if (value === undefined) {
    throw new UserError(unreadable?.message ?? vscode.l10n.t('The recipe cannot be read.'));
  }
  const request = { file: uri.fsPath, recipe: JSON.stringify(value) };
  return { uri, name: basename(uri.fsPath), request };
}
