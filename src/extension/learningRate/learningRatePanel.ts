import * as vscode from 'vscode';
import {
  learningRateHostChecks,
  type LearningRateContent,
  type LearningRateHost,
} from '../../protocol/pageMessages';
import { pageBeside } from '../pageBeside';

/** Shows what a search for a learning rate has found; `write` puts the suggestion into the recipe. */
export function showLearningRate(
  extensionUri: vscode.Uri,
  content: LearningRateContent,
  write: () => Promise<void>,
): void {
  pageBeside<LearningRateHost>('thaw.learningRate', vscode.l10n.t('Learning Rate'), {
    extensionUri,
    bundle: 'learningRate',
    checks: learningRateHostChecks,
    handlers: { hydrate: () => content, writeSuggestion: write },
  });
}
