import * as vscode from 'vscode';
import {
  learningRateHostChecks,
  type LearningRateContent,
  type LearningRateHost,
} from '../../protocol/pageMessages';
import type { RecipeFiles } from '../recipe/recipeFiles';
import { WebviewPage } from '../webviewPage';

/** Fills a panel with what a search for a learning rate has found, which it can write into the recipe. */
export function fillLearningRate(
  panel: vscode.WebviewPanel,
  content: LearningRateContent,
  extensionUri: vscode.Uri,
  recipes: RecipeFiles,
): void {
  const page = new WebviewPage<LearningRateHost, object>(panel, {
    extensionUri,
    bundle: 'learningRate',
    checks: learningRateHostChecks,
    handlers: {
      hydrate: () => content,
      writeSuggestion: async () => {
        const { uri, suggestion } = content;
        if (suggestion === null) return;
        await recipes.edit(vscode.Uri.parse(uri), () => [{ path: ['optimizer', 'lr'], value: suggestion }]);
      },
    },
  });
  page.load([]);
}
