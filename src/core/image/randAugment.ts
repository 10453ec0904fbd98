import type { Random } from '../random';
import {
  autocontrast,
  brightness,
  contrast,
  equalize,
  posterize,
  rotate,
  saturation,
  sharpness,
  solarize,
  transform,
  type Raster,
} from './pixelOperations';

/** torchvision's defaults: operations one after the other, and the strength of each, of so many. */
const OPERATIONS = 2;
const MAGNITUDE = 9;
const MAGNITUDES = 31;

interface Operation {
  readonly name: string;
  /** Its magnitude on an image, without its sign; undefined for one that has none. */
  readonly magnitude?: (raster: Raster) => number;
  /** Whether the magnitude is negative half of the time. */
  readonly signed?: boolean;
  readonly apply: (raster: Raster, magnitude: number) => Uint8Array;
}

/** The strength of all images, of what is greatest, as `torch.linspace` gives it: in float32. */
const upTo = (greatest: number) => (): number =>
  Math.fround(Math.fround(greatest / (MAGNITUDES - 1)) * MAGNITUDE);

/** torchvision's, in its order. */
export const operations: readonly Operation[] = [
  { name: 'Identity', apply: ({ pixels }) => pixels },
  {
    ...{ name: 'ShearX', magnitude: upTo(0.3), signed: true },
    apply: (raster, m) => transform(raster, [1, m, 0, 0, 1, 0]),
  },
  {
    ...{ name: 'ShearY', magnitude: upTo(0.3), signed: true },
    apply: (raster, m) => transform(raster, [1, 0, 0, m, 1, 0]),
  },
  {
    ...{ name: 'TranslateX', magnitude: raster => upTo((150 / 331) * raster.width)(), signed: true },
    apply: (raster, m) => transform(raster, [1, 0, -Math.trunc(m), 0, 1, 0]),
  },
  {
    ...{ name: 'TranslateY', magnitude: raster => upTo((150 / 331) * raster.height)(), signed: true },
    apply: (raster, m) => transform(raster, [1, 0, 0, 0, 1, -Math.trunc(m)]),
  },
  { name: 'Rotate', magnitude: upTo(30), signed: true, apply: rotate },
  { name: 'Brightness', magnitude: upTo(0.9), signed: true, apply: (raster, m) => brightness(raster, 1 + m) },
  { name: 'Color', magnitude: upTo(0.9), signed: true, apply: (raster, m) => saturation(raster, 1 + m) },
  { name: 'Contrast', magnitude: upTo(0.9), signed: true, apply: (raster, m) => contrast(raster, 1 + m) },
  { name: 'Sharpness', magnitude: upTo(0.9), signed: true, apply: (raster, m) => sharpness(raster, 1 + m) },
  {
    ...{ name: 'Posterize', magnitude: () => 8 - Math.round(MAGNITUDE / ((MAGNITUDES - 1) / 4)) },
    apply: posterize,
  },
  { name: 'Solarize', magnitude: () => 255 - upTo(255)(), apply: solarize },
  { name: 'AutoContrast', apply: autocontrast },
  { name: 'Equalize', apply: equalize },
];

/** torchvision's `RandAugment()`: two operations drawn from fourteen, at strength 9 of 31, nearest pixels, black edges. */
export function randAugment(raster: Raster, random: Random): Uint8Array {
  let { pixels } = raster;
  for (let i = 0; i < OPERATIONS; i++) {
    const { magnitude, signed, apply } = operations[random.integer(operations.length)]!;
    const strength = magnitude?.(raster) ?? 0;
    const sign = signed && random.integer(2) === 1 ? -1 : 1;
    pixels = apply({ ...raster, pixels }, sign * strength);
  }
  return pixels;
}
