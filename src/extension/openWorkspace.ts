import * as vscode from 'vscode';
import type { OpenWorkspace } from './mayRead';

/** The workspace as it is now. */
export function openWorkspace(): OpenWorkspace {
  const opened = vscode.workspace.workspaceFolders ?? [];
  return {
    isTrusted: vscode.workspace.isTrusted,
    folders: opened.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath),
  };
}
