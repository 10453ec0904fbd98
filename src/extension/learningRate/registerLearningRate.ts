import * as vscode from 'vscode';
import type { LearningRateCurve } from '../../protocol/learningRateEvent';
import { isLearningRateContent, type LearningRateContent } from '../../protocol/pageMessages';
import { KeptPages } from '../keptPages';
import { plainMessage } from '../plainMessage';
import type { RecipeFiles } from '../recipe/recipeFiles';
import { recipeToTry } from '../recipeToTry';
import { registerCommand } from '../registerCommand';
import { runWorkerTask } from '../workerTask';

/** Looking for the learning rate of a recipe, in a process of its own. */
export function registerLearningRate(
  context: Pick<vscode.ExtensionContext, 'extensionPath' | 'extensionUri'>,
  recipes: RecipeFiles,
): vscode.Disposable {
  const pages = new KeptPages<LearningRateContent>({
    viewType: 'thaw.learningRate',
    title: vscode.l10n.t('Learning Rate'),
    isContent: isLearningRateContent,
    async fill(panel, content) {
      const { fillLearningRate } = await import('./learningRatePanel');
      fillLearningRate(panel, content, context.extensionUri, recipes);
    },
  });
  const find = async (given: unknown): Promise<LearningRateCurve | undefined> => {
    const untrusted = vscode.l10n.t(
      'Looking for a learning rate waits until you trust this workspace: it trains.',
    );
    const recipe = await recipeToTry(given, recipes, untrusted);
    if (!recipe) return undefined;
    const { uri, name, request } = recipe;
    const title = plainMessage(vscode.l10n.t('Learning rate of {0}', name));
    const curve = await runWorkerTask(context, title, channel =>
      channel.request('findLearningRate', request),
    );
    if (curve) await pages.show({ ...curve, recipe: name, uri: uri.toString() });
    return curve;
  };
  return vscode.Disposable.from(pages, registerCommand('thaw.findLearningRate', find));
}
