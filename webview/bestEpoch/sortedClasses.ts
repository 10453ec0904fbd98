import type { ClassMetrics } from '../../src/protocol/pageMessages';

export type Column = 'name' | 'precision' | 'recall' | 'f1' | 'support';

/** Classes by a column; those without a value come last. */
export function sortedClasses(
  classes: readonly ClassMetrics[],
  column: Column,
  ascending: boolean,
): readonly ClassMetrics[] {
  const sign = ascending ? 1 : -1;
  return classes.toSorted((a, b) => {
    if (column === 'name') return sign * a.name.localeCompare(b.name);
    const [x, y] = [a[column], b[column]];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return sign * (x - y);
  });
}
