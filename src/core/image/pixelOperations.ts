/** Pixels [height, width, 3], red, green, blue, 8 bit. */
export interface Raster {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Row-wise 2 x 3 matrix that gives for a place of the result the place of the source: x' = a x + b y + c, y' = d x + e y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Places are whole numbers of 1 / 65536 pixel, as in Pillow. */
const FIXED = 65536;

/** Each pixel taken from where the matrix says, the nearest; black where that is outside. Pillow's `transform(AFFINE)`. */
export function transform({ pixels, width, height }: Raster, matrix: Affine): Uint8Array {
  const [a, b, c, d, e, f] = matrix;
  const fixed = (value: number): number => Math.floor(value * FIXED + 0.5);
  const [stepX, stepY, rowX, rowY] = [a, d, b, e].map(fixed) as [number, number, number, number];
  let startX = fixed(c + a * 0.5 + b * 0.5);
  let startY = fixed(f + d * 0.5 + e * 0.5);
  const result = new Uint8Array(pixels.length);
  for (let y = 0, to = 0; y < height; y++, startX += rowX, startY += rowY) {
    for (let x = 0, atX = startX, atY = startY; x < width; x++, to += 3, atX += stepX, atY += stepY) {
      const [fromX, fromY] = [Math.floor(atX / FIXED), Math.floor(atY / FIXED)];
      if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) continue;
      const from = (fromY * width + fromX) * 3;
      result[to] = pixels[from]!;
      result[to + 1] = pixels[from + 1]!;
      result[to + 2] = pixels[from + 2]!;
    }
  }
  return result;
}

/** Turned about its middle, counter-clockwise, by so many degrees. */
export function rotate(raster: Raster, degrees: number): Uint8Array {
  const radians = (-degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(radians), Math.sin(radians)].map(value => Number(value.toFixed(15))) as [
    ...[number, number],
  ];
  const [x, y] = [raster.width / 2, raster.height / 2];
  const c = cosine * -x + sine * -y + x;
  return transform(raster, [cosine, sine, c, -sine, cosine, -sine * -x + cosine * -y + y]);
}

/** Between black (0) and the image (1), and beyond. `ImageEnhance.Brightness`. */
export function brightness({ pixels }: Raster, factor: number): Uint8Array {
  return blend(new Uint8Array(pixels.length), pixels, factor);
}

/** Between grey (0) and the image (1), and beyond. `ImageEnhance.Color`. */
export function saturation({ pixels }: Raster, factor: number): Uint8Array {
  const grey = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i += 3) grey.fill(luma(pixels, i), i, i + 3);
  return blend(grey, pixels, factor);
}

/** Between the image's mean grey (0) and the image (1), and beyond. `ImageEnhance.Contrast`. */
export function contrast({ pixels }: Raster, factor: number): Uint8Array {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 3) sum += luma(pixels, i);
  const mean = Math.floor(sum / (pixels.length / 3) + 0.5);
  return blend(new Uint8Array(pixels.length).fill(mean), pixels, factor);
}

/** Between the smoothed image (0) and the image (1), and beyond. `ImageEnhance.Sharpness`. */
export function sharpness({ pixels, width, height }: Raster, factor: number): Uint8Array {
  // The outermost pixels are not smoothed.
  const smooth = pixels.slice();
  const stride = width * 3;
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * stride + 3; i < (y + 1) * stride - 3; i++) {
      let sum = 4 * pixels[i]!;
      for (const row of [i - stride, i, i + stride])
        sum += pixels[row - 3]! + pixels[row]! + pixels[row + 3]!;
      smooth[i] = Math.floor(sum / 13 + 0.5);
    }
  }
  return blend(smooth, pixels, factor);
}

/** Each value with its upper `bits` alone. */
export function posterize({ pixels }: Raster, bits: number): Uint8Array {
  const mask = ~(2 ** (8 - bits) - 1);
  return pixels.map(value => value & mask);
}

/** Values from `threshold` on inverted. */
export function solarize({ pixels }: Raster, threshold: number): Uint8Array {
  return pixels.map(value => (value < threshold ? value : 255 - value));
}

/** Each channel stretched so that its darkest value is 0 and its lightest 255. */
export function autocontrast({ pixels }: Raster): Uint8Array {
  return byChannel(pixels, counts => {
    const darkest = counts.findIndex(count => count > 0);
    const lightest = counts.findLastIndex(count => count > 0);
    const scale = 255 / (lightest - darkest);
    const offset = -darkest * scale;
    return value => (lightest <= darkest ? value : Math.trunc(value * scale + offset));
  });
}

/** Each channel mapped so that all its values are about equally frequent. */
export function equalize({ pixels }: Raster): Uint8Array {
  return byChannel(pixels, counts => {
    const used = counts.filter(count => count > 0);
    const step = Math.floor((pixels.length / 3 - used.at(-1)!) / 255);
    if (used.length <= 1 || step === 0) return value => value;
    const below: number[] = [];
    let sum = Math.floor(step / 2);
    for (const count of counts) {
      below.push(Math.floor(sum / step));
      sum += count;
    }
    return value => below[value]!;
  });
}

/** Pillow's `Image.blend`, in its arithmetic: float32, cut off to whole numbers. */
function blend(from: Uint8Array, to: Uint8Array, share: number): Uint8Array {
  const alpha = Math.fround(share);
  const result = new Uint8Array(from.length);
  for (let i = 0; i < from.length; i++) {
    const start = from[i]!;
    const value = Math.fround(start + Math.fround(alpha * (to[i]! - start)));
    result[i] = Math.max(0, Math.min(255, value));
  }
  return result;
}

/** Pillow's grey of the pixel that begins at `i`. */
function luma(pixels: Uint8Array, i: number): number {
  return (pixels[i]! * 19595 + pixels[i + 1]! * 38470 + pixels[i + 2]! * 7471 + 0x8000) >> 16;
}

/** Each value by a table that is made from how often each value occurs in the channel. */
function byChannel(
  pixels: Uint8Array,
  mappingOf: (counts: readonly number[]) => (value: number) => number,
): Uint8Array {
  const tables = [0, 1, 2].map(channel => {
    const counts = Array<number>(256).fill(0);
    for (let i = channel; i < pixels.length; i += 3) counts[pixels[i]!]!++;
    const mapping = mappingOf(counts);
    return Uint8ClampedArray.from(counts, (_, value) => mapping(value));
  });
  return pixels.map((value, i) => tables[i % 3]![value]!);
}
