import * as vscode from 'vscode';
import { refusalOf, type ComposedCell, type ComposedRun } from '../../core/notebook/composeCell';
import { UserError } from '../../core/userError';
import type { RunReference } from '../../protocol/notebookOutput';
import { composeNotebookCell } from '../recipe/composeNotebookCell';
import type { TrainingRun } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';
import type { StartedCell } from './cellRunner';
import { nameOfRun } from './runPlace';

/** Starts the runs of a cell as it stands in the editor; a UserError says what keeps it from running. */
export async function startCell(cell: vscode.NotebookCell, runs: TrainingRuns): Promise<StartedCell> {
  const { uri, isUntitled } = cell.notebook;
  if (isUntitled || uri.scheme !== 'file') {
    throw new UserError(
      vscode.l10n.t('Save the notebook to a file first: the paths in its recipes are relative to it.'),
    );
  }
  const composed = composeNotebookCell(cell);
  const refusal = refusalOf(composed, cell.document.getText());
  if (refusal) throw at(composed, cell.document, refusal.message);
  if (!(await vscode.commands.executeCommand<boolean>('thaw.ensureEngine'))) {
    throw new UserError(vscode.l10n.t('The engine that trains is not installed: run Thaw: Install Engine.'));
  }
  const started: TrainingRun[] = [];
  try {
    for (const run of composed.runs) started.push(await runs.start(given(run)));
  } catch (error) {
    for (const run of started) runs.stop(run);
    throw error;
  }
  const reference = ({ variant }: ComposedRun, index: number): RunReference => {
    const { folder, name } = started[index]!;
    return { folder: nameOfRun(uri.fsPath, folder), name, ...(variant !== undefined && { variant }) };
  };
  return { output: { version: 1, runs: composed.runs.map(reference) }, runs: started };

  function given({ text, variant }: ComposedRun): Parameters<TrainingRuns['start']>[0] {
    const { name } = composed;
    return { text, file: uri.fsPath, cell: { name, ...(variant !== undefined && { variant }) } };
  }
}

/** A refusal with the line in the cell that it is about. */
function at({ problems }: ComposedCell, document: vscode.TextDocument, message: string): UserError {
  const problem = problems.find(({ severity }) => severity === 'error') ?? problems[0];
  if (!problem) return new UserError(message);
  const { line } = document.positionAt(problem.offset);
  return new UserError(vscode.l10n.t('Line {0} of the cell: {1}', line + 1, message));
}
