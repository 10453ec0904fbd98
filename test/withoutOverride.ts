/**
 * What to put before a command so that permissions hold for it: root may read and write wherever it likes unless it gives
 * that up; anyone else needs nothing.
 */
export const withoutOverride: readonly string[] =
  process.getuid?.() === 0
    ? [
        'setpriv',
        '--bounding-set=-dac_override,-dac_read_search',
        '--inh-caps=-dac_override,-dac_read_search',
      ]
    : [];
