import * as vscode from 'vscode';
import { runFolderOf } from './runPlace';

/** The run folder that an output of a notebook names; undefined where that is none that it may show. */
export async function shownRunFolder(
  { uri }: Pick<vscode.NotebookDocument, 'uri'>,
  name: string,
): Promise<string | undefined> {
  if (uri.scheme !== 'file') return undefined;
  const opened = vscode.workspace.workspaceFolders ?? [];
  const folders = opened.filter(folder => folder.uri.scheme === 'file').map(folder => folder.uri.fsPath);
  return runFolderOf(uri.fsPath, name, folders);
}
