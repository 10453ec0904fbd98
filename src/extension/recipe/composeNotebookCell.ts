import * as vscode from 'vscode';
import { bestWeightsOf } from '../../core/notebook/bestRun';
import { cellNames, type CellText } from '../../core/notebook/cellNames';
import { composeCell, type ComposedCell } from '../../core/notebook/composeCell';
import { runsOfCell } from './recipeDocuments';

/** A cell with all that it takes from the cells above, as they stand in the editor. */
export function composeNotebookCell(cell: vscode.NotebookCell): ComposedCell {
  const cells = cell.notebook.getCells();
  return composeCell(cells.map(cellText), cell.index, {
    weightsOf: index => bestWeightsOf(runsOfCell(cells[index]!)),
  });
}

/** The name of a recipe cell. */
export function nameOfCell(cell: vscode.NotebookCell): string | undefined {
  return cellNames(cell.notebook.getCells().map(cellText))[cell.index];
}

function cellText({ kind, document }: vscode.NotebookCell): CellText {
  return {
    kind: kind === vscode.NotebookCellKind.Code ? 'recipe' : 'markdown',
    text: document.getText(),
  };
}
