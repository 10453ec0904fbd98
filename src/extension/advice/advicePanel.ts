import * as vscode from 'vscode';
import { adviceHostChecks, type AdviceContent, type AdviceHost } from '../../protocol/adviceMessages';
import { WebviewPage } from '../webviewPage';

const VIEW_TYPE = 'thaw.advice';

/** Shows what was tried and which freeze set to take; `write` puts that of a trial into the recipe. */
export function showAdvice(
  extensionUri: vscode.Uri,
  content: AdviceContent,
  write: (index: number) => Promise<void>,
): void {
  const title = vscode.l10n.t('What to Freeze');
  const panel = vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Beside);
  const page = new WebviewPage<AdviceHost, object>(panel, {
    extensionUri,
    bundle: 'advice',
    checks: adviceHostChecks,
    handlers: { hydrate: () => content, writeTrial: write },
  });
  page.load([]);
}
