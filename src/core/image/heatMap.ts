import { ninths, type HeatPlace } from '../../protocol/heatPlace';

/** How much each part of a picture counts: `values` [rows, columns], row by row, in [0, 1]. */
export interface HeatMap {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** The map at `rows` x `columns`: bilinear, as PyTorch's `interpolate` with `align_corners=False`. */
export function resizeHeat(map: HeatMap, rows: number, columns: number): HeatMap {
  const across = tapsOf(map.columns, columns);
  const down = tapsOf(map.rows, rows);
  const values = new Float32Array(rows * columns);
  for (const [y, { first: top, second: bottom, share: lower }] of down.entries()) {
    for (const [x, { first: left, second: right, share: righter }] of across.entries()) {
      const at = (row: number): number =>
        map.values[row * map.columns + left]! * (1 - righter) +
        map.values[row * map.columns + right]! * righter;
      values[y * columns + x] = at(top) * (1 - lower) + at(bottom) * lower;
    }
  }
  return { rows, columns, values };
}

/** Of each output along an axis: the two inputs that it lies between, and the share of the second. */
function tapsOf(inputs: number, outputs: number) {
  return Array.from({ length: outputs }, (_, output) => {
    const at = Math.max(0, ((output + 0.5) * inputs) / outputs - 0.5);
    const first = Math.min(Math.floor(at), inputs - 1);
    return { first, second: Math.min(first + 1, inputs - 1), share: at - first };
  });
}

/** A ninth of the picture counts as the place of the heat from this share of it on: half as much again as a fair one. */
const LEAST_SHARE = 1.5 / 9;
/** Divisible by three. */
const PLACE_SIDE = 30;

/** Where most of the heat lies. */
export function placeOf(map: HeatMap): HeatPlace {
  const { values } = resizeHeat(map, PLACE_SIDE, PLACE_SIDE);
  const sums = ninths.map(() => 0);
  values.forEach((value, i) => {
    const [row, column] = [Math.floor(i / PLACE_SIDE), i % PLACE_SIDE].map(at =>
      Math.floor((3 * at) / PLACE_SIDE),
    );
    sums[row! * 3 + column!]! += value;
  });
  const total = sums.reduce((a, b) => a + b);
  if (total === 0) return 'nowhere';
  const most = Math.max(...sums);
  return most / total < LEAST_SHARE ? 'everywhere' : ninths[sums.indexOf(most)]!;
}

/** From cold to hot, in even steps: red, green and blue; ever lighter, so that it can be told apart without colours. */
const COLOURS = [
  [0, 0, 4],
  [66, 10, 104],
  [147, 38, 103],
  [221, 81, 58],
  [252, 165, 10],
  [252, 255, 164],
] as const;
/** Of a heat map over the picture below it. */
const OPACITY = 0.55;

/** Pixels [size, size, 3] with the map's colours over them. */
export function heatOverlay(pixels: Uint8Array, size: number, map: HeatMap): Uint8Array {
  const { values } = resizeHeat(map, size, size);
  const mixed = new Uint8Array(pixels.length);
  values.forEach((value, i) => {
    const step = value * (COLOURS.length - 1);
    const below = Math.min(Math.floor(step), COLOURS.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const cold = COLOURS[below]![channel]!;
      const colour = cold + (step - below) * (COLOURS[below + 1]![channel]! - cold);
      const at = i * 3 + channel;
      mixed[at] = Math.round(OPACITY * colour + (1 - OPACITY) * pixels[at]!);
    }
  });
  return mixed;
}
