import * as vscode from 'vscode';
import { adviceHostChecks, type AdviceContent, type AdviceHost } from '../../protocol/adviceMessages';
import type { RecipeFiles } from '../recipe/recipeFiles';
import { WebviewPage } from '../webviewPage';

/** Fills a panel with what was tried and which freeze set to take, which it can write into the recipe. */
export function fillAdvice(
  panel: vscode.WebviewPanel,
  content: AdviceContent,
  extensionUri: vscode.Uri,
  recipes: RecipeFiles,
): void {
  const page = new WebviewPage<AdviceHost, object>(panel, {
    extensionUri,
    bundle: 'advice',
    checks: adviceHostChecks,
    handlers: {
      hydrate: () => content,
      writeTrial: async index => {
        const trial = content.trials[index];
        if (!trial) return;
        const { freeze, newWeights } = trial;
        await recipes.edit(vscode.Uri.parse(content.uri), () => [
          { path: ['freeze'], value: [...freeze] },
          ...(newWeights === null ? [] : [{ path: ['weights'], value: newWeights }]),
        ]);
      },
    },
  });
  page.load([]);
}
