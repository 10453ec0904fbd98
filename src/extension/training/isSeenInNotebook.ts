import * as vscode from 'vscode';
import type { TrainingRun } from './trainingRun';

/** Whether a cell shows the run: how it goes on, and how it ends. */
export function isSeenInNotebook({ cell, recipeFile }: Pick<TrainingRun, 'cell' | 'recipeFile'>): boolean {
  return (
    cell !== undefined && vscode.workspace.notebookDocuments.some(({ uri }) => uri.fsPath === recipeFile)
  );
}
