import * as vscode from 'vscode';
import type { Advice } from '../../protocol/adviceEvent';
import { adviceHostChecks, isAdviceContent, type AdviceHost } from '../../protocol/adviceMessages';
import type { RecipeFiles } from '../recipe/recipeFiles';
import { registerRecipeTrial } from '../recipeTrial';

/** Trying out what a recipe should freeze; the page can write the freeze set of a trial into the recipe. */
export function registerAdvice(
  context: Pick<vscode.ExtensionContext, 'extensionPath' | 'extensionUri'>,
  recipes: RecipeFiles,
): vscode.Disposable {
  return registerRecipeTrial<Advice, AdviceHost>(context, recipes, {
    command: 'thaw.adviseFreeze',
    viewType: 'thaw.advice',
    title: vscode.l10n.t('What to Freeze'),
    bundle: 'advice',
    untrusted: vscode.l10n.t('Trying out what to freeze waits until you trust this workspace: it trains.'),
    progress: name => vscode.l10n.t('What to freeze in {0}', name),
    ask: (channel, request) => channel.request('adviseFreeze', request),
    isContent: isAdviceContent,
    checks: adviceHostChecks,
    handlers: (content, edit) => ({
      hydrate: () => content,
      writeTrial: async index => {
        const trial = content.trials[index];
        if (!trial) return;
        const { freeze, newWeights } = trial;
        await edit([
          { path: ['freeze'], value: [...freeze] },
          ...(newWeights === null ? [] : [{ path: ['weights'], value: newWeights }]),
        ]);
      },
    }),
  });
}
