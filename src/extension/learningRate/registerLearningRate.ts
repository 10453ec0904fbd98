import * as vscode from 'vscode';
import type { LearningRateCurve } from '../../protocol/learningRateEvent';
import {
  isLearningRateContent,
  learningRateHostChecks,
  type LearningRateHost,
} from '../../protocol/pageMessages';
import type { RecipeFiles } from '../recipe/recipeFiles';
import { registerRecipeTrial } from '../recipeTrial';

/** Looking for the learning rate of a recipe; the page can write the suggestion into the recipe. */
export function registerLearningRate(
  context: Pick<vscode.ExtensionContext, 'extensionPath' | 'extensionUri'>,
  recipes: RecipeFiles,
): vscode.Disposable {
  return registerRecipeTrial<LearningRateCurve, LearningRateHost>(context, recipes, {
    command: 'thaw.findLearningRate',
    viewType: 'thaw.learningRate',
    title: vscode.l10n.t('Learning Rate'),
    bundle: 'learningRate',
    untrusted: vscode.l10n.t('Looking for a learning rate waits until you trust this workspace: it trains.'),
    progress: name => vscode.l10n.t('Learning rate of {0}', name),
    ask: (channel, request) => channel.request('findLearningRate', request),
    isContent: isLearningRateContent,
    checks: learningRateHostChecks,
    handlers: (content, edit) => ({
      hydrate: () => content,
      writeSuggestion: async () => {
        const { suggestion } = content;
        if (suggestion !== null) await edit([{ path: ['optimizer', 'lr'], value: suggestion }]);
      },
    }),
  });
}
