import { valuesIn } from '../model/shapes';
import type { Recipe } from '../recipe/recipe';

/** What is kept of a picture: its activations at each boundary node, without the batch, and in how many bits. */
export interface FeatureLayout {
  readonly shapes: readonly (readonly number[])[];
  readonly precision: Recipe['cachedPrecision'];
}

/** Activations as they are kept: float32, or the upper halves of them (bfloat16). */
export type StoredValues = Float32Array | Uint16Array;

const BYTES = { float32: 4, bfloat16: 2 } as const;

/** Zeros for so many values. */
export function storeFor(count: number, precision: FeatureLayout['precision']): StoredValues {
  return precision === 'float32' ? new Float32Array(count) : new Uint16Array(count);
}

/** Copies float32 values to where they are kept, from position `at`; bfloat16 takes the nearest, ties to even. */
export function store(values: Float32Array, into: StoredValues, at = 0): void {
  if (into instanceof Float32Array) {
    into.set(values, at);
    return;
  }
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!;
    // What is not a number has to stay so: rounding might carry it to infinity.
    const isNan = (value & 0x7fffffff) > 0x7f800000;
    into[at + i] = isNan ? (value >>> 16) | 0x40 : (value + 0x7fff + ((value >>> 16) & 1)) >>> 16;
  }
}

/** Copies kept values as float32 to `into`, from position `at`. */
export function restore(stored: StoredValues, into: Float32Array, at = 0): void {
  if (stored instanceof Float32Array) {
    into.set(stored, at);
    return;
  }
  const bits = new Uint32Array(into.buffer, into.byteOffset + 4 * at, stored.length);
  for (let i = 0; i < stored.length; i++) bits[i] = stored[i]! << 16;
}

/** Activations of one picture. */
export function valuesPerPicture({ shapes }: FeatureLayout): number {
  return shapes.reduce((sum, shape) => sum + valuesIn(shape), 0);
}

/** Bytes that the features of one view of one picture take. */
export function bytesPerPicture(layout: FeatureLayout): number {
  return valuesPerPicture(layout) * BYTES[layout.precision];
}
