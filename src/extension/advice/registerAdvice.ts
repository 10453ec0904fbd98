import * as vscode from 'vscode';
import type { Advice } from '../../protocol/adviceEvent';
import { isAdviceContent, type AdviceContent } from '../../protocol/adviceMessages';
import { KeptPages } from '../keptPages';
import { plainMessage } from '../plainMessage';
import type { RecipeFiles } from '../recipe/recipeFiles';
import { recipeToTry } from '../recipeToTry';
import { registerCommand } from '../registerCommand';
import { runWorkerTask } from '../workerTask';

/** Trying out what a recipe should freeze, in a process of its own. */
export function registerAdvice(
  context: Pick<vscode.ExtensionContext, 'extensionPath' | 'extensionUri'>,
  recipes: RecipeFiles,
): vscode.Disposable {
  const pages = new KeptPages<AdviceContent>({
    viewType: 'thaw.advice',
    title: vscode.l10n.t('What to Freeze'),
    isContent: isAdviceContent,
    async fill(panel, content) {
      const { fillAdvice } = await import('./advicePanel');
      fillAdvice(panel, content, context.extensionUri, recipes);
    },
  });
  const advise = async (given: unknown): Promise<Advice | undefined> => {
    const untrusted = vscode.l10n.t(
      'Trying out what to freeze waits until you trust this workspace: it trains.',
    );
    const recipe = await recipeToTry(given, recipes, untrusted);
    if (!recipe) return undefined;
    const { uri, name, request } = recipe;
    const title = plainMessage(vscode.l10n.t('What to freeze in {0}', name));
    const advice = await runWorkerTask(context, title, channel => channel.request('adviseFreeze', request));
    if (advice) await pages.show({ ...advice, recipe: name, uri: uri.toString() });
    return advice;
  };
  return vscode.Disposable.from(pages, registerCommand('thaw.adviseFreeze', advise));
}
