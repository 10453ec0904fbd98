import { printable } from './printable';

/** A text from a file as Markdown that shows it as it is, on one line: no link, no HTML, no table of its own. */
export function markdownText(text: string): string {
  return printable(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()<>#+!|~&-]/g, character => `\\${character}`);
}

/** A text as code within a line. */
export function markdownCode(text: string): string {
  const line = printable(text).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const ticks = '`'.repeat(Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length)) + 1);
  return line.includes('`') ? `${ticks} ${line} ${ticks}` : `${ticks}${line}${ticks}`;
}

/** A table of cells that are Markdown already; the first `texts` columns are to the left, numbers to the right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  texts = 1,
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column < texts ? ':--' : '--:'))), ...rows.map(line)];
}
