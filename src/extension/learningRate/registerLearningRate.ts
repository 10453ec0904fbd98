import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import type { LearningRateCurve } from '../../protocol/learningRateEvent';
import { plainMessage } from '../plainMessage';
import type { RecipeFiles } from '../recipe/recipeFiles';
import { refusesUntrusted } from '../refusesUntrusted';
import { registerCommand } from '../registerCommand';
import { recipeOf } from '../training/recipeOf';
import { runWorkerTask } from '../workerTask';

/** Looking for the learning rate of a recipe, in a process of its own. */
export function registerLearningRate(
  context: Pick<vscode.ExtensionContext, 'extensionPath' | 'extensionUri'>,
  recipes: RecipeFiles,
): vscode.Disposable {
  return registerCommand('thaw.findLearningRate', async (given): Promise<LearningRateCurve | undefined> => {
    const message = vscode.l10n.t(
      'Looking for a learning rate waits until you trust this workspace: it trains.',
    );
    if (refusesUntrusted(message)) return undefined;
    if (!(await vscode.commands.executeCommand<boolean>('thaw.ensureEngine'))) return undefined;
    const uri = await recipeOf(given, () => recipes.active?.uri);
    if (!uri) return undefined;
    const { value, unreadable } = await recipes.read(uri);
    if (value === undefined) {
      throw new UserError(unreadable?.message ?? vscode.l10n.t('The recipe cannot be read.'));
    }
    const name = basename(uri.fsPath);
    const title = plainMessage(vscode.l10n.t('Learning rate of {0}', name));
    const request = { file: uri.fsPath, recipe: JSON.stringify(value) };
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
