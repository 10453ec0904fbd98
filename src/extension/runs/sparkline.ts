const BARS = '▁▂▃▄▅▆▇█';

/** Values as a row of bars between the smallest and the largest of them, thinned out to at most `width` bars. */
export function sparkline(values: readonly number[], width = 12): string {
  const count = Math.min(width, values.length);
  const shown = Array.from(
    { length: count },
    (_, i) => values[count < 2 ? 0 : Math.round((i * (values.length - 1)) / (count - 1))]!,
  );
  const [low, high] = [Math.min(...shown), Math.max(...shown)];
  const range = high - low;
  return shown
    .map(value => BARS[range > 0 ? Math.round(((value - low) / range) * (BARS.length - 1)) : 3])
    .join('');
}
