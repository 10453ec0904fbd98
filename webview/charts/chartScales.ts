import { scaleLinear, scaleLog, type ScaleLinear, type ScaleLogarithmic } from 'd3-scale';

export type ValueScale = ScaleLinear<number, number> | ScaleLogarithmic<number, number>;

/** Where values lie between two places on the screen. `floor`: the axis begins there at the latest. */
export interface ValueAxis {
  readonly values: readonly number[];
  readonly log: boolean;
  readonly floor: number | undefined;
  readonly ceiling: number | undefined;
  readonly range: readonly [number, number];
}

/** A scale with round ends that shows all values; without values it shows 0 to 1. */
export function valueScale({ values, log, floor, ceiling, range }: ValueAxis): ValueScale {
  const shown = values.filter(value => Number.isFinite(value) && (!log || value > 0));
  if (shown.length === 0) return log ? scaleLog([0.1, 1], range) : scaleLinear([0, 1], range);
  const low = shown.reduce((a, b) => Math.min(a, b));
  const high = shown.reduce((a, b) => Math.max(a, b));
  if (log) return scaleLog([low / 1.1, high * 1.1], range);
  const pad = (high - low || Math.abs(high) || 1) * 0.08;
  const from = floor ?? low - pad;
  const to = ceiling === undefined ? high + pad : Math.min(high + pad, ceiling);
  return scaleLinear([Math.min(from, low), to], range).nice(5);
}

/** A handful of round values along a scale: 1, 2 and 5 of each power of ten where it is logarithmic. */
export function valueTicks(scale: ValueScale, about: number): readonly number[] {
  if (!('base' in scale)) return scale.ticks(about);
  const [low, high] = scale.domain() as [number, number];
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, index) => first + index);
  const inside = (ticks: readonly string[]): readonly number[] =>
    ticks.map(Number).filter(tick => tick >= low && tick <= high);
  const ticks = inside(powers.flatMap(power => [`1e${power}`, `2e${power}`, `5e${power}`]));
  return ticks.length > about * 2 ? inside(powers.map(power => `1e${power}`)) : ticks;
}

/** Whole epochs along the axis. */
export function epochTicks(lastEpoch: number, about: number): readonly number[] {
  return scaleLinear([0, Math.max(lastEpoch, 1)], [0, 1])
    .ticks(Math.min(about, lastEpoch + 1))
    .filter(tick => Number.isInteger(tick) && tick <= lastEpoch);
}
