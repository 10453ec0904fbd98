import { t } from '../../protocol/language';
import { printableName as shown } from '../../protocol/printable';
import { UserError } from '../userError';
import { PickleError } from './pickleReader';
import { StoredTensor, type PickleValue } from './pickleValue';
import type { RandomAccessFile } from './randomAccessFile';
import { elementCount, tensorOf, type StateDict, type TensorValue } from './stateDict';
import type { TorchArchive } from './torchArchive';
import { openTorchLegacy } from './torchLegacy';
import { openTorchZip } from './torchZip';

/** Where checkpoints that hold more than weights keep the state dict. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model'];

/** Memory that reading may take, in bytes a byte of file; int64 of a bool storage shared by two tensors takes 16. */
const MAX_EXPANSION = 16;
const ALWAYS_ALLOWED_BYTES = 2 ** 24;

/**
 * The state dict in a file that torch.save wrote: at the top, or under `state_dict`, `model_state_dict` or `model` with
 * other values beside. Runs nothing of the pickle. Throws a UserError that names the file.
 */
export async function readTorchCheckpoint(
  file: RandomAccessFile,
  form: 'zip' | 'legacy',
): Promise<StateDict> {
  try {
    const archive = await (form === 'zip' ? openTorchZip(file) : openTorchLegacy(file));
    return await readTensors(archive, findStateDict(archive.root), file.size);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    throw new UserError(t('Cannot load weights from {0}: {1}.', file.path, error.message), { cause: error });
  }
}

function findStateDict(root: PickleValue): ReadonlyMap<string, StoredTensor> {
  if (!(root instanceof Map)) throw new PickleError(t('it holds no dict of tensors'));
  for (const key of WRAPPERS) {
    const tensors = tensorsOf(root.get(key) ?? null);
    if (tensors.size > 0) return tensors;
  }
  const tensors = tensorsOf(root);
  if (tensors.size > 0) return tensors;
  const names = [...root.keys()].filter(key => typeof key === 'string').slice(0, 5);
  throw new PickleError(
    t(
      'it holds no state dict, neither at the top nor under {0} (its keys: {1})',
      WRAPPERS.join(', '),
      names.map(name => shown(name)).join(', ') || t('none'),
    ),
  );
}

function tensorsOf(value: PickleValue): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  if (!(value instanceof Map)) return tensors;
  for (const [key, item] of value) {
    if (typeof key === 'string' && item instanceof StoredTensor) tensors.set(key, item);
  }
  return tensors;
}

/** A storage is read once, kept while tensors still need it, and handed over uncopied to a tensor that is all of it. */
async function readTensors(
  archive: TorchArchive,
  stored: ReadonlyMap<string, StoredTensor>,
  fileBytes: number,
): Promise<StateDict> {
  checkMemory(stored, fileBytes);
  const left = countUsers(stored.values());
  const loaded = new Map<string, TensorValue['data']>();
  const tensors = new Map<string, TensorValue>();
  for (const [name, tensor] of stored) {
    const data = loaded.get(tensor.key) ?? (await decodeStorage(archive, tensor));
    const later = left.get(tensor.key)! - 1;
    left.set(tensor.key, later);
    if (later > 0) loaded.set(tensor.key, data);
    else loaded.delete(tensor.key);
    tensors.set(name, tensorOf(tensor.shape, gather(tensor, data, later === 0)));
  }
  return tensors;
}

/** How many tensors need each storage. torch.save itself refuses to save one as numbers of two kinds. */
function countUsers(tensors: Iterable<StoredTensor>): Map<string, number> {
  const users = new Map<string, number>();
  const elements = new Map<string, StoredTensor['element']>();
  for (const { key, element } of tensors) {
    if ((elements.get(key) ?? element) !== element) {
      throw new PickleError(t('its pickle reads storage {0} as numbers of two kinds', shown(key)));
    }
    elements.set(key, element);
    users.set(key, (users.get(key) ?? 0) + 1);
  }
  return users;
}

async function decodeStorage(
  archive: TorchArchive,
  { key, element }: StoredTensor,
): Promise<TensorValue['data']> {
  const bytes = await archive.readStorage(key);
  return element.decode(bytes.subarray(0, bytes.length - (bytes.length % element.bytes)));
}

/** A few bytes of pickle can ask for many tensors, or huge ones (stride 0), of one small storage. */
function checkMemory(stored: ReadonlyMap<string, StoredTensor>, fileBytes: number): void {
  const allowed = Math.max(ALWAYS_ALLOWED_BYTES, MAX_EXPANSION * fileBytes);
  let bytes = 0;
  for (const [key, { element, shape }] of stored) {
    bytes += elementCount(shape)! * element.decodedBytes;
    if (bytes > allowed) {
      throw new PickleError(
        t('tensor {0} would make {1} bytes of a file of {2}', shown(key), bytes, fileBytes),
      );
    }
  }
}

/** The view's elements, row-major: the storage itself where the view is all of it and may keep it, else a copy. */
function gather(
  { offset, shape, stride }: StoredTensor,
  data: TensorValue['data'],
  mayKeep: boolean,
): TensorValue['data'] {
  const count = elementCount(shape)!;
  if (isContiguous(shape, stride)) {
    return mayKeep && count === data.length ? data : data.slice(offset, offset + count);
  }
  const result = data instanceof Float32Array ? new Float32Array(count) : new BigInt64Array(count);
  const index = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < count; to++) {
    result[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += stride[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= stride[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

function isContiguous(shape: readonly number[], stride: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}
