import * as vscode from 'vscode';
import type { ThawCell, ThawDocument } from '../../core/notebook/thawDocument';
import type { JsonObject } from '../../core/recipe/recipeText';
import { UserError } from '../../core/userError';
import { RECIPE_LANGUAGE, runsOfCell } from '../recipe/recipeDocuments';
import { runOutputOf } from './cellOutputs';
import { plainMessage } from '../plainMessage';

/**
 * Reads and writes notebooks. A file that cannot be read is refused, so that the editor shows the problem and not an
 * empty notebook that would be saved over it; an empty file becomes a notebook to begin with.
 */
export class ThawSerializer implements vscode.NotebookSerializer {
  async deserializeNotebook(bytes: Uint8Array): Promise<vscode.NotebookData> {
    if (bytes.length === 0) return notebookData({ cells: firstCells() });
    const { readThawDocument } = await import('../../core/notebook/thawDocument');
    try {
      return notebookData(readThawDocument(bytes));
    } catch (error) {
      // The editor says only that it cannot open the file, and offers its text.
      if (error instanceof UserError) void vscode.window.showErrorMessage(plainMessage(error.message));
      throw error;
    }
  }

  async serializeNotebook({ cells, metadata }: vscode.NotebookData): Promise<Uint8Array> {
    const { writeThawDocument } = await import('../../core/notebook/thawDocument');
    return writeThawDocument({ cells: cells.map(cellOf), ...othersOf(metadata) });
  }
}

/** A document as the editor takes it. */
export function notebookData({ cells, others }: ThawDocument): vscode.NotebookData {
  const data = new vscode.NotebookData(cells.map(cellData));
  if (others) data.metadata = { others };
  return data;
}

/** A cell as the editor takes it. */
export function cellData({ kind, text, output, others }: ThawCell): vscode.NotebookCellData {
  const { Code, Markup } = vscode.NotebookCellKind;
  const data =
    kind === 'recipe'
      ? new vscode.NotebookCellData(Code, text, RECIPE_LANGUAGE)
      : new vscode.NotebookCellData(Markup, text, 'markdown');
  if (output) data.outputs = [runOutputOf(output)];
  if (others) data.metadata = { others };
  return data;
}

function cellOf({ kind, value, outputs = [], metadata }: vscode.NotebookCellData): ThawCell {
  const others = othersOf(metadata);
  if (kind === vscode.NotebookCellKind.Markup) return { kind: 'markdown', text: value, ...others };
  const output = runsOfCell({ outputs });
  return { kind: 'recipe', text: value, ...(output && { output }), ...others };
}

/** Fields that an earlier or later version of the program wrote. */
function othersOf(metadata: Readonly<Record<string, unknown>> | undefined): { readonly others?: JsonObject } {
  const others = metadata?.['others'] as JsonObject | undefined;
  return others ? { others } : {};
}

function firstCells(): readonly ThawCell[] {
  const text = [
    `# ${vscode.l10n.t('Fine-tune an image classifier')}`,
    '',
    vscode.l10n.t(
      'Name a folder of pictures in the cell below, one folder in it for each class, and run the cell.',
    ),
    vscode.l10n.t('The Layers view shows the layers of the cell that you are in; a click freezes them.'),
  ].join('\n');
  return [
    { kind: 'markdown', text },
    { kind: 'recipe', text: FIRST_RECIPE },
  ];
}

const FIRST_RECIPE = `{
  "name": "case 1",
  "data": { "folder": "pictures" },
  "model": "resnet18",
  // All but the new last layer stay as ImageNet made them: right for few pictures of everyday things.
  "freeze": ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool"],
  "epochs": 10
}`;
