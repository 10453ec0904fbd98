import type { StateDict, TensorValue } from '../../src/core/weights/stateDict';

/** Numbers that show any difference between tensors: sum, sum of magnitudes, product with a hash vector, 8 samples. */
export type Digest = readonly number[];

/** The seeded network of hash_network.py, bit for bit. `gain` scales weights of convolutions and linear layers. */
export function hashWeights(shapes: ReadonlyMap<string, readonly number[]>, gain: number): StateDict {
  return new Map(Array.from(shapes, ([key, shape]) => [key, hashTensor(key, shape, gain)]));
}

/** Normalised images [count, size, size, 3]: noise on blocks of 8 pixels on a colour per image. */
export function hashPixels(key: string, count: number, size: number): Float32Array {
  const blocks = Math.ceil(size / 8);
  const noise = hashValues(`${key}:noise`, count * size * size * 3);
  const coarse = hashValues(`${key}:blocks`, count * blocks * blocks * 3);
  const colour = hashValues(`${key}:colour`, count * 3);
  const pixels = new Float32Array(noise.length);
  for (let i = 0; i < pixels.length; i++) {
    const channel = i % 3;
    const x = Math.floor(i / 3) % size;
    const y = Math.floor(i / 3 / size) % size;
    const image = Math.floor(i / 3 / size / size);
    const block = (image * blocks + (y >> 3)) * blocks + (x >> 3);
    const textured = Math.fround(noise[i]! * 0.5 + coarse[block * 3 + channel]!);
    pixels[i] = textured + colour[image * 3 + channel]!;
  }
  return pixels;
}

/** The digest of a tensor's values under its key. */
export function digest(key: string, { data }: TensorValue): Digest {
  const vector = hashValues(`digest:${key}`, data.length);
  let [sum, magnitude, product] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    sum += value;
    magnitude += Math.abs(value);
    product += value * vector[i]!;
  }
  const sample = hashBits(`sample:${key}`);
  const samples = Array.from({ length: 8 }, (_, i) => Number(data[sample(i) % data.length]));
  return [sum, magnitude, product, ...samples];
}

function hashTensor(key: string, shape: readonly number[], gain: number): TensorValue {
  const name = key.slice(key.lastIndexOf('.') + 1);
  if (name === 'num_batches_tracked') return { dtype: 'int64', shape, data: new BigInt64Array(1) };
  const [center, scale] = range(name, shape, gain);
  const data = hashValues(key, countOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = center + Math.fround(data[i]! * scale);
  return { dtype: 'float32', shape, data };
}

/** The middle of a tensor's values and how far they reach. */
function range(name: string, shape: readonly number[], gain: number): readonly [number, number] {
  if (name === 'running_var') return [1, 0.5];
  if (name.endsWith('weight') && shape.length === 1) return [1, Math.fround(0.1)];
  if (name.endsWith('weight')) return [0, Math.fround(Math.sqrt(3 / countOf(shape.slice(1))) * gain)];
  return [0, Math.fround(0.1)];
}

/** Numbers in [-1, 1), multiples of 2^-23. */
export function hashValues(key: string, count: number): Float32Array {
  const bits = hashBits(key);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = (bits(i) >>> 8) * 2 ** -23 - 1;
  return values;
}

/** A 32-bit integer for each position of the stream named `key`: FNV-1a of the name, murmur3's mixer. */
function hashBits(key: string): (position: number) => number {
  let name = 0x811c9dc5;
  for (const byte of Buffer.from(key)) name = Math.imul(name ^ byte, 0x01000193);
  return position => {
    let bits = (name + Math.imul(position, 0x9e3779b9)) | 0;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return (bits ^ (bits >>> 16)) >>> 0;
  };
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
