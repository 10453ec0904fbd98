import * as vscode from 'vscode';
import { adviceHostChecks, type AdviceContent, type AdviceHost } from '../../protocol/adviceMessages';
import { pageBeside } from '../pageBeside';

/** Shows what was tried and which freeze set to take; `write` puts that of a trial into the recipe. */
export function showAdvice(
  extensionUri: vscode.Uri,
  content: AdviceContent,
  write: (index: number) => Promise<void>,
): void {
  pageBeside<AdviceHost>('thaw.advice', vscode.l10n.t('What to Freeze'), {
    extensionUri,
    bundle: 'advice',
    checks: adviceHostChecks,
    handlers: { hydrate: () => content, writeTrial: write },
  });
}
