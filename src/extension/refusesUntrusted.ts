import * as vscode from 'vscode';
import { plainMessage } from './plainMessage';

/** Whether the workspace is not trusted; then says so, and what waits for that. */
export function refusesUntrusted(message: string): boolean {
  if (vscode.workspace.isTrusted) return false;
  void vscode.window.showWarningMessage(plainMessage(message));
  return true;
}
