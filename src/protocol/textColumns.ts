/** Characters that a terminal draws two columns wide: those of East Asia, and what is written between them. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Columns of a terminal that a text takes. */
export function columnsOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}

/** A text followed by blanks, up to so many columns. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** A text after blanks, up to so many columns. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - columnsOf(text))) + text;
}

/** As much of a text as fits into so many columns. */
export function firstColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let end = Math.min(text.length, columns);
  while (columnsOf(text.slice(0, end)) > columns) end--;
  return text.slice(0, end);
}
