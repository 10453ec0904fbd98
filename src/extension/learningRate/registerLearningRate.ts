import * as vscode from 'vscode';
import type { LearningRateCurve } from '../../protocol/learningRateEvent';
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
  return registerCommand('thaw.findLearningRate', async (given): Promise<LearningRateCurve | undefined> => {
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
    if (!curve) return undefined;
    const { suggestion } = curve;
    const { showLearningRate } = await import('./learningRatePanel');
    showLearningRate(context.extensionUri, { ...curve, recipe: name }, async () => {
      if (suggestion === null) return;
      await recipes.edit(uri, () => [{ path: ['optimizer', 'lr'], value: suggestion }]);
    });
    return curve;
  });
}
