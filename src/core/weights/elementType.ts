import type { TensorValue } from './stateDict';

/** How numbers of one kind lie in a file (little-endian), and how they become a TensorValue's data. */
export interface ElementType {
  /** torch's name: `float16`. */
  readonly name: string;
  readonly bytes: 1 | 2 | 4 | 8;
  /** Bytes of an element once decoded. */
  readonly decodedBytes: 4 | 8;
  /** Reads bytes that start at an 8-byte boundary of their buffer, a whole number of elements; may keep the buffer. */
  readonly decode: (bytes: Uint8Array<ArrayBuffer>) => TensorValue['data'];
}

type Bytes = Uint8Array<ArrayBuffer>;
type Ints = Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

const float32: ElementType = {
  name: 'float32',
  bytes: 4,
  decodedBytes: 4,
  decode: bytes => new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
};
const float64: ElementType = {
  name: 'float64',
  bytes: 8,
  decodedBytes: 4,
  decode: bytes => Float32Array.from(new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8)),
};
const float16: ElementType = { name: 'float16', bytes: 2, decodedBytes: 4, decode: widenFloat16 };
const bfloat16: ElementType = { name: 'bfloat16', bytes: 2, decodedBytes: 4, decode: widenBfloat16 };
const int64: ElementType = {
  name: 'int64',
  bytes: 8,
  decodedBytes: 8,
  decode: bytes => new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8),
};
const int32 = integers('int32', 4, bytes => new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
const int16 = integers('int16', 2, bytes => new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2));
const int8 = integers('int8', 1, bytes => new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
const uint32 = integers(
  'uint32',
  4,
  bytes => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
);
const uint16 = integers(
  'uint16',
  2,
  bytes => new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2),
);
const uint8 = integers('uint8', 1, bytes => bytes);
const bool = integers('bool', 1, bytes => bytes.map(byte => (byte === 0 ? 0 : 1)));

/** Those read here, by torch's names. */
export const elementTypes = {
  float32,
  float64,
  float16,
  bfloat16,
  int64,
  int32,
  int16,
  int8,
  uint32,
  uint16,
  uint8,
  bool,
} as const satisfies Readonly<Record<string, ElementType>>;

function integers(name: string, bytes: 1 | 2 | 4, view: (bytes: Bytes) => Ints): ElementType {
  return { name, bytes, decodedBytes: 8, decode: raw => BigInt64Array.from(view(raw), BigInt) };
}

/** bfloat16 is the upper half of a float32. */
function widenBfloat16(bytes: Bytes): Float32Array {
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

function widenFloat16(bytes: Bytes): Float32Array {
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  float16Values ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => float16Value(bits));
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = float16Values[halves[i]!]!;
  return values;
}

/** Every float16 there is, by its bits; made when first needed. */
let float16Values: Float32Array | undefined;

/** IEEE 754 binary16: one sign bit, five of exponent, ten of fraction. */
function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
