import { printable } from '../protocol/printable';

/**
 * A text for a notification, a prompt or a progress. The editor makes links of `[text](command:...)` there, which run
 * commands, and names of classes and runs come from anyone's files: no link is left, and nothing that turns words around.
 */
export function plainMessage(text: string): string {
  return printable(text).replaceAll('](', '] (');
}
