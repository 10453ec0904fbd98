import * as vscode from 'vscode';
import {
  learningRateHostChecks,
  type LearningRateContent,
  type LearningRateHost,
} from '../../protocol/pageMessages';
import { WebviewPage } from '../webviewPage';

const VIEW_TYPE = 'thaw.learningRate';

/** Shows what a search for a learning rate has found; `write` puts the suggestion into the recipe. */
export function showLearningRate(
  extensionUri: vscode.Uri,
  content: LearningRateContent,
  write: () => Promise<void>,
): void {
  const title = vscode.l10n.t('Learning Rate');
  const panel = vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Beside);
  const page = new WebviewPage<LearningRateHost, object>(panel, {
    extensionUri,
    bundle: 'learningRate',
    checks: learningRateHostChecks,
    handlers: { hydrate: () => content, writeSuggestion: write },
  });
  page.load([]);
}
