import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * What to put before a command so that permissions hold for it: root may read and write wherever it likes unless it gives
 * that up; anyone else needs nothing. The program is named by its absolute path, as the command may be given another PATH.
 */
export const withoutOverride: readonly string[] =
  process.getuid?.() === 0
    ? [
        found('setpriv'),
        '--bounding-set=-dac_override,-dac_read_search',
        '--inh-caps=-dac_override,-dac_read_search',
      ]
    : [];

/** The name itself where it is not on the path, so that what starts it says what is missing. */
function found(program: string): string {
  const places = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, program));
  return places.find(existsSync) ?? program;
}
