import * as vscode from 'vscode';
import { WebviewPage, type WebviewPageOptions } from './webviewPage';

/** Opens a page beside what is open, which is filled once and has nothing to be told. */
export function pageBeside<Own extends object>(
  viewType: string,
  title: string,
  options: WebviewPageOptions<Own>,
): void {
  const panel = vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Beside);
  new WebviewPage<Own, object>(panel, options).load([]);
}
