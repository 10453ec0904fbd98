import { t } from '../../protocol/language';
import { writeFileAtomically, type Fingerprint } from '../atomicWrite';
import { UserError } from '../userError';
import { RandomAccessFile } from './randomAccessFile';
import { HeaderError, MAX_HEADER_BYTES, parseSafetensorsHeader } from './safetensorsHeader';
import {
  elementCount,
  tensorOf,
  type StateDict,
  type TensorSource,
  type TensorValue,
  type UnreadTensor,
} from './stateDict';

/** The tensors of a weights file by key, and the texts kept beside them. */
export interface LoadedWeights {
  readonly tensors: StateDict;
  readonly metadata: Record<string, string>;
}

const LENGTH_BYTES = 8;

/** Reads a `.safetensors` file; one that breaks the format's promises is a UserError that names file and tensor. */
export async function readSafetensors(file: string): Promise<LoadedWeights> {
  const opened = await RandomAccessFile.open(file);
  try {
    return await readSafetensorsFrom(opened);
  } finally {
    await opened.close();
  }
}

/** As `readSafetensors`, of an open file. */
export async function readSafetensorsFrom(file: RandomAccessFile): Promise<LoadedWeights> {
  if (!file.holds(0, LENGTH_BYTES)) throw file.truncated();
  const length = Buffer.from(await file.read(0, LENGTH_BYTES)).readBigUInt64LE();
  if (length > MAX_HEADER_BYTES) {
    throw new UserError(
      t(
        '{0} is not a safetensors file: its header would have {1} bytes, more than the {2} allowed.',
        file.path,
        String(length),
        MAX_HEADER_BYTES,
      ),
    );
  }
  const dataStart = LENGTH_BYTES + Number(length);
  if (!file.holds(0, dataStart)) throw file.truncated();
  const header = parse(file, await file.read(LENGTH_BYTES, Number(length)), file.size - dataStart);
  const tensors = new Map<string, TensorValue>();
  for (const { key, type, shape, begin, end } of header.entries) {
    tensors.set(key, tensorOf(shape, type.decode(await file.read(dataStart + begin, end - begin))));
  }
  return { tensors, metadata: { ...header.metadata } };
}

function parse(file: RandomAccessFile, header: Uint8Array, dataBytes: number) {
  try {
    return parseSafetensorsHeader(header, dataBytes);
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    throw new UserError(t('{0} is not a sound safetensors file: {1}.', file.path, error.message), {
      cause: error,
    });
  }
}

/**
 * Writes a `.safetensors` file that PyTorch's safetensors package loads, whole or not at all, a tensor at a time. Keys
 * keep their order in the header; data is aligned to 8 bytes (int64 comes first).
 */
export async function writeSafetensors(
  file: string,
  tensors: StateDict | TensorSource,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Fingerprint> {
  if (tensors.has('__metadata__')) {
    throw new UserError(
      t(
        'Cannot write {0}: a tensor may not have the key __metadata__, which the format keeps for itself.',
        file,
      ),
    );
  }
  const order = [...tensors].sort(
    ([, a], [, b]) => Number(a.dtype === 'float32') - Number(b.dtype === 'float32'),
  );
  return writeFileAtomically(file, chunks(headerOf(tensors, order, metadata), order));
}

type Writable = TensorValue | UnreadTensor;

async function* chunks(
  header: Uint8Array,
  order: readonly (readonly [string, Writable])[],
): AsyncGenerator<Uint8Array> {
  yield header;
  for (const [, tensor] of order) {
    const data = 'data' in tensor ? tensor.data : await tensor.read();
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}

function headerOf(
  tensors: ReadonlyMap<string, Writable>,
  order: readonly (readonly [string, Writable])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const ranges = new Map<string, readonly [begin: number, end: number]>();
  let end = 0;
  for (const [key, { dtype, shape }] of order) {
    const begin = end;
    end += elementCount(shape)! * (dtype === 'float32' ? 4 : 8);
    ranges.set(key, [begin, end]);
  }
  // Written key by key: an object would reorder keys such as "0" and lose "__proto__".
  const fields = [`"__metadata__":${JSON.stringify({ format: 'pt', ...metadata })}`];
  for (const [key, { dtype, shape }] of tensors) {
    const entry = { dtype: dtype === 'float32' ? 'F32' : 'I64', shape, data_offsets: ranges.get(key)! };
    fields.push(`${JSON.stringify(key)}:${JSON.stringify(entry)}`);
  }
  const text = Buffer.from(`{${fields.join(',')}}`);
  const padded = Math.ceil(text.length / 8) * 8;
  const header = Buffer.alloc(LENGTH_BYTES + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded));
  text.copy(header, LENGTH_BYTES);
  return header;
}
