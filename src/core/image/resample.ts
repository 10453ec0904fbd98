import type { Interpolation } from './preprocessing';
import type { Rectangle, View } from './view';

/** As many fractional bits as keep 255 times a weight within 32 bits with room for the sign. */
const WEIGHT_BITS = 22;
const HALF = 1 << (WEIGHT_BITS - 1);

/** How the pixels `first`, `first + 1`, ... of a row of the source make each pixel of the cut-out. */
interface Axis {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [output, tap], fixed point of WEIGHT_BITS. */
  readonly weights: Int32Array;
  readonly taps: number;
}

/** How far a filter reaches, in pixels of an image that keeps its size, and what a pixel at a distance counts. */
const FILTERS: Readonly<Record<Interpolation, { reach: number; weight: (distance: number) => number }>> = {
  bilinear: { reach: 1, weight: distance => Math.max(0, 1 - distance) },
  bicubic: { reach: 2, weight: cubic },
};

/** Keys's cubic convolution (1981) with a = -0.5, as Pillow has it. */
function cubic(distance: number): number {
  if (distance >= 2) return 0;
  if (distance < 1) return (1.5 * distance - 2.5) * distance * distance + 1;
  return ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
}

/**
 * Resizes 8 bit RGB by a filter that is widened when shrinking (antialiased) and cuts `view.crop` out, in Pillow's
 * arithmetic: fixed-point weights, rows before columns, rounded to 8 bits between. `pixels` [height,
 * width, 3] holds the part `sourceWindow(view)` of the image; the result is [crop.height, crop.width, 3], not flipped.
 */
export function resample(pixels: Uint8Array, view: View): Uint8Array {
  const window = sourceWindow(view);
  const { crop, resize, region, interpolation: by } = view;
  const columns = axis(region.width, resize.width, crop.left, crop.width, window.left - region.left, by);
  const rows = axis(region.height, resize.height, crop.top, crop.height, window.top - region.top, by);

  const narrowed = resampleRows(pixels, window, columns, crop.width);
  return resampleColumns(narrowed, rows, crop);
}

/** The part of the image, in its own pixels, that the view's crop is made from. */
export function sourceWindow(view: View): Rectangle {
  const { crop, resize, region, interpolation: by } = view;
  const [left, right] = reach(region.width, resize.width, crop.left, crop.width, by);
  const [top, bottom] = reach(region.height, resize.height, crop.top, crop.height, by);
  return {
    left: region.left + left,
    top: region.top + top,
    width: right - left,
    height: bottom - top,
  };
}

function resampleRows(pixels: Uint8Array, window: Rectangle, columns: Axis, width: number): Uint8Array {
  const { first, count, weights, taps } = columns;
  const result = new Uint8Array(window.height * width * 3);
  for (let y = 0, to = 0; y < window.height; y++) {
    const row = y * window.width;
    for (let x = 0; x < width; x++, to += 3) {
      let from = (row + first[x]!) * 3;
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let tap = x * taps, end = tap + count[x]!; tap < end; tap++, from += 3) {
        const weight = weights[tap]!;
        red = (red + Math.imul(pixels[from]!, weight)) | 0;
        green = (green + Math.imul(pixels[from + 1]!, weight)) | 0;
        blue = (blue + Math.imul(pixels[from + 2]!, weight)) | 0;
      }
      result[to] = toByte(red);
      result[to + 1] = toByte(green);
      result[to + 2] = toByte(blue);
    }
  }
  return result;
}

function resampleColumns(pixels: Uint8Array, rows: Axis, { width, height }: Rectangle): Uint8Array {
  const { first, count, weights, taps } = rows;
  const stride = width * 3;
  const result = new Uint8Array(height * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    for (let tap = 0; tap < count[y]!; tap++) {
      const weight = weights[y * taps + tap]!;
      const from = (first[y]! + tap) * stride;
      for (let i = 0; i < stride; i++) sums[i] = (sums[i]! + Math.imul(pixels[from + i]!, weight)) | 0;
    }
    const to = y * stride;
    for (let i = 0; i < stride; i++) result[to + i] = toByte(sums[i]!);
  }
  return result;
}

function roundHalfAway(value: number): number {
  return Math.trunc(value + (value < 0 ? -0.5 : 0.5));
}

/** A sum as a byte: a cubic filter has negative weights and overshoots. */
function toByte(sum: number): number {
  const value = sum >> WEIGHT_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function reach(
  size: number,
  resized: number,
  cropStart: number,
  cropSize: number,
  by: Interpolation,
): [number, number] {
  return [taps(size, resized, cropStart, by)[0], taps(size, resized, cropStart + cropSize - 1, by)[1]];
}

/** First source pixel and the one after the last that make an output pixel. */
function taps(size: number, resized: number, output: number, by: Interpolation): [number, number] {
  const scale = size / resized;
  const support = Math.max(scale, 1) * FILTERS[by].reach;
  const centre = (output + 0.5) * scale;
  return [
    Math.max(0, Math.trunc(centre - support + 0.5)),
    Math.min(size, Math.trunc(centre + support + 0.5)),
  ];
}

function axis(
  size: number,
  resized: number,
  cropStart: number,
  cropSize: number,
  offset: number,
  by: Interpolation,
): Axis {
  const scale = size / resized;
  const stretch = Math.max(scale, 1);
  const { reach, weight } = FILTERS[by];
  const width = Math.ceil(stretch * reach) * 2 + 1;
  const first = new Int32Array(cropSize);
  const count = new Int32Array(cropSize);
  const weights = new Int32Array(cropSize * width);
  for (let i = 0; i < cropSize; i++) {
    const centre = (cropStart + i + 0.5) * scale;
    const [start, end] = taps(size, resized, cropStart + i, by);
    const weightOf = (pixel: number): number => weight(Math.abs((pixel - centre + 0.5) / stretch));
    let sum = 0;
    for (let pixel = start; pixel < end; pixel++) sum += weightOf(pixel);
    for (let pixel = start; pixel < end; pixel++) {
      weights[i * width + pixel - start] = roundHalfAway((weightOf(pixel) / sum) * (1 << WEIGHT_BITS));
    }
    first[i] = start - offset;
    count[i] = end - start;
  }
  return { first, count, weights, taps: width };
}
