import * as vscode from 'vscode';
import { reportOf } from '../reportOf';
import type { TrainingRun } from '../training/trainingRun';

/** Opens the report of a run, or the comparison of several, as a new Markdown document with its preview. */
export async function reportRuns(runs: readonly TrainingRun[]): Promise<void> {
  const content = await reportOf(runs.map(({ folder }) => folder));
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { preview: false });
  await vscode.commands.executeCommand('markdown.showPreviewToSide', document.uri);
}
