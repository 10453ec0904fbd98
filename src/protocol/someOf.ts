import { t } from './language';
import { printableName } from './printable';

/** "a, b, c and 4 more": the first few of many names, which may come from anyone's files. */
export function someOf(names: readonly string[], most = 3, separator = ', '): string {
  const rest = names.length - most;
  const shown = names.slice(0, most).map(name => printableName(name));
  return shown.join(separator) + (rest > 0 ? t(' and {0} more', rest) : '');
}
