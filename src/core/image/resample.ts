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

/**
 * Resizes 8 bit RGB with a triangle filter (bilinear, widened when shrinking: antialiased) and cuts `view.crop` out,
 * in Pillow's arithmetic: fixed-point weights, rows before columns, rounded to 8 bits between. `pixels` [height,
 * width, 3] holds the part `sourceWindow(view)` of the image; the result is [crop.height, crop.width, 3], not flipped.
 */
export function resample(pixels: Uint8Array, view: View): Uint8Array {
  const window = sourceWindow(view);
  const { crop, resize, region } = view;
  const columns = axis(region.width, resize.width, crop.left, crop.width, window.left - region.left);
  const rows = axis(region.height, resize.height, crop.top, crop.height, window.top - region.top);

  const narrowed = resampleRows(pixels, window, columns, crop.width);
  return resampleColumns(narrowed, rows, crop);
}

/** The part of the image, in its own pixels, that the view's crop is made from. */
export function sourceWindow(view: View): Rectangle {
  const { crop, resize, region } = view;
  const [left, right] = reach(region.width, resize.width, crop.left, crop.width);
  const [top, bottom] = reach(region.height, resize.height, crop.top, crop.height);
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
      result[to] = red >> WEIGHT_BITS;
      result[to + 1] = green >> WEIGHT_BITS;
      result[to + 2] = blue >> WEIGHT_BITS;
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
    for (let i = 0; i < stride; i++) result[to + i] = sums[i]! >> WEIGHT_BITS;
  }
  return result;
}

function reach(size: number, resized: number, cropStart: number, cropSize: number): [number, number] {
  return [taps(size, resized, cropStart)[0], taps(size, resized, cropStart + cropSize - 1)[1]];
}

/** First source pixel and the one after the last that make an output pixel. */
function taps(size: number, resized: number, output: number): [number, number] {
  const scale = size / resized;
  const support = Math.max(scale, 1);
  const centre = (output + 0.5) * scale;
  return [
    Math.max(0, Math.trunc(centre - support + 0.5)),
    Math.min(size, Math.trunc(centre + support + 0.5)),
  ];
}

function axis(size: number, resized: number, cropStart: number, cropSize: number, offset: number): Axis {
  const scale = size / resized;
  const support = Math.max(scale, 1);
  const width = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(cropSize);
  const count = new Int32Array(cropSize);
  const weights = new Int32Array(cropSize * width);
  for (let i = 0; i < cropSize; i++) {
    const centre = (cropStart + i + 0.5) * scale;
    const [start, end] = taps(size, resized, cropStart + i);
    const weightOf = (pixel: number): number => Math.max(0, 1 - Math.abs((pixel - centre + 0.5) / support));
    let sum = 0;
    for (let pixel = start; pixel < end; pixel++) sum += weightOf(pixel);
    for (let pixel = start; pixel < end; pixel++) {
      weights[i * width + pixel - start] = Math.floor((weightOf(pixel) / sum) * (1 << WEIGHT_BITS) + 0.5);
    }
    first[i] = start - offset;
    count[i] = end - start;
  }
  return { first, count, weights, taps: width };
}
