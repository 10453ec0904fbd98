import * as vscode from 'vscode';

/** Asks where to save a file, proposing a name in the workspace, and writes it; false where the person changed their mind. */
export async function saveAs(
  name: string,
  filters: Readonly<Record<string, string[]>>,
  content: Uint8Array,
): Promise<boolean> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    filters: { ...filters },
  });
  if (!target) return false;
  await vscode.workspace.fs.writeFile(target, content);
  return true;
}
