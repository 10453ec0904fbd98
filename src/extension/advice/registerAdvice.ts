import * as vscode from 'vscode';
import type { Advice } from '../../protocol/adviceEvent';
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
  return registerCommand('thaw.adviseFreeze', async (given): Promise<Advice | undefined> => {
    const untrusted = vscode.l10n.t(
      'Trying out what to freeze waits until you trust this workspace: it trains.',
    );
    const recipe = await recipeToTry(given, recipes, untrusted);
    if (!recipe) return undefined;
    const { uri, name, request } = recipe;
    const title = plainMessage(vscode.l10n.t('What to freeze in {0}', name));
    const advice = await runWorkerTask(context, title, channel => channel.request('adviseFreeze', request));
    if (!advice) return undefined;
    const { showAdvice } = await import('./advicePanel');
    showAdvice(context.extensionUri, { ...advice, recipe: name }, async index => {
      const trial = advice.trials[index];
      if (!trial) return;
      const { freeze, newWeights } = trial;
      await recipes.edit(uri, () => [
        { path: ['freeze'], value: [...freeze] },
        ...(newWeights === null ? [] : [{ path: ['weights'], value: newWeights }]),
      ]);
    });
    return advice;
  });
}
