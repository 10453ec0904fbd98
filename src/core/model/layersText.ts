import { t } from '../../protocol/language';
import { columnsOf, padEnd, padStart } from '../../protocol/textColumns';
import type { LayerDescription, ModelDescription } from './describeLayers';

const header = (): string[] => [t('layer'), t('type'), t('output'), t('parameters'), ''];

/** The module tree as aligned lines, a frozen layer marked in the last column, and the totals. */
export function layersText({ model, children, parameters, trainable }: ModelDescription): string {
  const rows = [header(), ...children.flatMap(child => layerRows(child, 0))];
  const share = ((100 * trainable) / parameters).toFixed(1);
  return [
    model,
    ...alignColumns(rows),
    '',
    t(
      '{0} of {1} parameters train ({2} %)',
      trainable.toLocaleString('en'),
      parameters.toLocaleString('en'),
      share,
    ),
  ].join('\n');
}

function layerRows(layer: LayerDescription, depth: number): string[][] {
  const row = [
    '  '.repeat(depth) + layer.path,
    layer.type,
    layer.outputShape.join(' x '),
    layer.parameters === 0 ? '-' : layer.parameters.toLocaleString('en'),
    layer.frozen ? t('frozen') : '',
  ];
  return [row, ...layer.children.flatMap(child => layerRows(child, depth + 1))];
}

/** Pads all columns to their widest cell; the fourth holds numbers and is set right. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => columnsOf(row[column]!))));
  return rows.map(row =>
    row
      .map((cell, column) => (column === 3 ? padStart(cell, widths[column]!) : padEnd(cell, widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
