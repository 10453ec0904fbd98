import * as vscode from 'vscode';
import type { TrainingRun } from '../training/trainingRun';

/** Opens the report of a run, or the comparison of several, as a new Markdown document with its preview. */
export async function reportRuns(runs: readonly TrainingRun[]): Promise<void> {
  const [{ readReportedRun }, { runReport }, { comparisonReport }] = await Promise.all([
    import('../../core/report/reportedRun'),
    import('../../core/report/runReport'),
    import('../../core/report/comparisonReport'),
  ]);
  const read = await Promise.all(runs.map(({ folder }) => readReportedRun(folder)));
  const content = read.length === 1 ? runReport(read[0]!) : comparisonReport(read);
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { preview: false });
  await vscode.commands.executeCommand('markdown.showPreviewToSide', document.uri);
}
