import * as vscode from 'vscode';

/** The edit that makes a document's text `after`: one replacement, of no more than what differs. */
export function editTo(document: vscode.TextDocument, after: string): vscode.WorkspaceEdit {
  const before = document.getText();
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const range = new vscode.Range(document.positionAt(start), document.positionAt(before.length - tail));
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, after.slice(start, after.length - tail));
  return edit;
}
