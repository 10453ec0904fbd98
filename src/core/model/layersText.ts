import type { LayerDescription, ModelDescription } from './describeLayers';

const header = ['layer', 'type', 'output', 'parameters', ''];

/** The module tree as aligned lines, a frozen layer marked in the last column, and the totals. */
export function layersText({ model, children, parameters, trainable }: ModelDescription): string {
  const rows = [header, ...children.flatMap(child => layerRows(child, 0))];
  const share = ((100 * trainable) / parameters).toFixed(1);
  return [
    model,
    ...alignColumns(rows),
    '',
    `${trainable.toLocaleString('en')} of ${parameters.toLocaleString('en')} parameters train (${share} %)`,
  ].join('\n');
}

function layerRows(layer: LayerDescription, depth: number): string[][] {
  const row = [
    '  '.repeat(depth) + layer.path,
    layer.type,
    layer.outputShape.join(' x '),
    layer.parameters === 0 ? '-' : layer.parameters.toLocaleString('en'),
    layer.frozen ? 'frozen' : '',
  ];
  return [row, ...layer.children.flatMap(child => layerRows(child, depth + 1))];
}

/** Pads all columns to their widest cell; the fourth holds numbers and is set right. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = header.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows.map(row =>
    row
      .map((cell, column) => (column === 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
