/** A text as a field of CSV: quoted where needed; what a spreadsheet would take for a formula begins with an apostrophe. */
export function csvText(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
