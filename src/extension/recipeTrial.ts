import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { RecipeChange } from '../core/recipe/editRecipe';
import { UserError } from '../core/userError';
import type { Checks, Handlers } from '../protocol/messageChannel';
import type { OfRecipe } from '../protocol/pageMessages';
import { plainMessage } from './plainMessage';
import type { RecipeFiles } from './recipe/recipeFiles';
import { refusesUntrusted } from './refusesUntrusted';
import { registerCommand } from './registerCommand';
import { recipeOf } from './training/recipeOf';
import { runWorkerTask, type TaskChannel } from './workerTask';

/** What is asked of the process that tries a recipe out. */
interface TrialRequest {
  readonly file: string;
  readonly recipe: string;
}

/** A command that tries a recipe out, and the page that shows what was `Found`. */
export interface RecipeTrial<Found extends object, Host> {
  readonly command: string;
  /** Identifies the pages to the editor, also across reloads. */
  readonly viewType: string;
  readonly title: string;
  readonly bundle: string;
  /** Said where the workspace is not trusted. */
  readonly untrusted: string;
  /** The title of the progress, for a recipe of that name. */
  progress(name: string): string;
  ask(channel: TaskChannel, request: TrialRequest): Promise<Found>;
  /** Whether what a page has kept of itself is what it shows. */
  isContent(kept: unknown): kept is Found & OfRecipe;
  readonly checks: Checks<Host>;
  /** What the page may ask; `edit` changes the recipe that was tried. */
  handlers(
    content: Found & OfRecipe,
    edit: (changes: readonly RecipeChange[]) => Promise<void>,
  ): Handlers<Host>;
}

/**
 * Trying recipes out in a process of its own. What was found is shown on a page beside what is open, which keeps it: when
 * the window is reloaded, it is there again.
 */
export function registerRecipeTrial<Found extends object, Host extends object>(
  context: Pick<vscode.ExtensionContext, 'extensionPath' | 'extensionUri'>,
  recipes: RecipeFiles,
  trial: RecipeTrial<Found, Host>,
): vscode.Disposable {
  const { command, viewType, title, bundle, untrusted, checks } = trial;

  const fill = async (panel: vscode.WebviewPanel, content: Found & OfRecipe): Promise<void> => {
    const { WebviewPage } = await import('./webviewPage');
    const handlers = trial.handlers(content, changes =>
      recipes.edit(vscode.Uri.parse(content.uri), () => changes),
    );
    const { extensionUri } = context;
    new WebviewPage<Host, object>(panel, { extensionUri, bundle, checks, handlers }).load([]);
  };

  const run = async (given: unknown): Promise<Found | undefined> => {
    if (refusesUntrusted(untrusted)) return undefined;
    if (!(await vscode.commands.executeCommand<boolean>('thaw.ensureEngine'))) return undefined;
    const uri = await recipeOf(given, () => recipes.active?.uri);
    if (!uri) return undefined;
    const { value, unreadable } = await recipes.read(uri);
    if (value === undefined) {
      throw new UserError(unreadable?.message ?? vscode.l10n.t('The recipe cannot be read.'));
    }
    const name = basename(uri.fsPath);
    const request = { file: uri.fsPath, recipe: JSON.stringify(value) };
    const found = await runWorkerTask(context, plainMessage(trial.progress(name)), channel =>
      trial.ask(channel, request),
    );
    if (found) {
      const panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Beside);
      await fill(panel, { ...found, recipe: name, uri: uri.toString() });
    }
    return found;
  };

  return vscode.Disposable.from(
    registerCommand(command, run),
    vscode.window.registerWebviewPanelSerializer(viewType, {
      async deserializeWebviewPanel(panel, kept: unknown) {
        if (trial.isContent(kept)) await fill(panel, kept);
        else panel.dispose();
      },
    }),
  );
}
