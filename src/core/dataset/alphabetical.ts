import { printableName } from '../../protocol/printable';

/** Orders text by its characters' numbers, the same on every machine and in every language. */
export function alphabetical(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** "a, b, c and 4 more": the first few of many names, which may come from anyone's files. */
export function someOf(names: readonly string[], most = 3, separator = ', '): string {
  const rest = names.length - most;
  const shown = names.slice(0, most).map(name => printableName(name));
  return shown.join(separator) + (rest > 0 ? ` and ${rest} more` : '');
}

/** "1 image", "3 images". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
