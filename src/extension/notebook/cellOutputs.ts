import * as vscode from 'vscode';
import { RUN_MIME, type RunOutput } from '../../protocol/notebookOutput';
import { printable } from '../../protocol/printable';
import { runOutputMarkdown, runOutputText } from './runOutputText';

/** What a cell shows of its runs: drawn by the renderer, and as text for where there is none. */
export function runOutputOf(output: RunOutput): vscode.NotebookCellOutput {
  return new vscode.NotebookCellOutput([
    vscode.NotebookCellOutputItem.json(output, RUN_MIME),
    vscode.NotebookCellOutputItem.text(runOutputMarkdown(output), 'text/markdown'),
    vscode.NotebookCellOutputItem.text(runOutputText(output), 'text/plain'),
  ]);
}

/** What a cell shows that did not run, or whose run went wrong. */
export function errorOutputOf(message: string): vscode.NotebookCellOutput {
  // The editor shows name and message, and of the stack what there is: the message alone says it.
  const error = { name: '', message: printable(message), stack: '' };
  return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error(error)]);
}
