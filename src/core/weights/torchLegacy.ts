import { t } from '../../protocol/language';
import { printableName as shown } from '../../protocol/printable';
import { PickleEndedEarly, PickleError } from './pickleReader';
import type { PickleValue } from './pickleValue';
import type { RandomAccessFile } from './randomAccessFile';
import { MAX_PICKLE_BYTES, storageLoader, type PromisedStorage, type TorchArchive } from './torchArchive';
import { unpickle } from './unpickler';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
const FIRST_READ_BYTES = 2 ** 20;
const LENGTH_BYTES = 8;

/**
 * Opens the form torch.save wrote before 1.6: five pickles (magic number, protocol, system, object, storage keys), then
 * for each key its count of elements and their bytes.
 */
export async function openTorchLegacy(file: RandomAccessFile): Promise<TorchArchive> {
  const { root, keys, promised, end } = await readPickles(file);
  const positions = await locateStorages(file, keys, promised, end);
  return {
    root,
    readStorage: async key => {
      const position = positions.get(key);
      if (position === undefined) throw new PickleError(t('it has no storage {0}', shown(key)));
      return file.read(position, promised.get(key)!.bytes);
    },
  };
}

interface Pickles {
  readonly root: PickleValue;
  readonly keys: PickleValue;
  readonly promised: ReadonlyMap<string, PromisedStorage>;
  readonly end: number;
}

/** The pickles' length is nowhere written: reads more of the file until they are whole. */
async function readPickles(file: RandomAccessFile): Promise<Pickles> {
  for (let length = FIRST_READ_BYTES; ; length *= 4) {
    const available = Math.min(length, file.size, MAX_PICKLE_BYTES);
    try {
      return parsePickles(await file.read(0, available));
    } catch (error) {
      if (!(error instanceof PickleEndedEarly) || available === file.size) throw error;
      if (available === MAX_PICKLE_BYTES) {
        throw new PickleError(t('its pickle has more than {0} bytes', MAX_PICKLE_BYTES));
      }
    }
  }
}

function parsePickles(bytes: Uint8Array): Pickles {
  const magic = unpickle(bytes);
  if (magic.value !== MAGIC)
    throw new PickleError(t('it is a Python pickle, but not one that torch.save wrote'));
  const protocol = unpickle(bytes, magic.end);
  if (protocol.value !== PROTOCOL)
    throw new PickleError(t('it is of a form of torch.save that is not known here'));
  const system = unpickle(bytes, protocol.end);
  if (!(system.value instanceof Map) || system.value.get('little_endian') !== true) {
    throw new PickleError(t('it was saved on a big-endian machine, which is not supported'));
  }
  const promised = new Map<string, PromisedStorage>();
  const object = unpickle(bytes, system.end, storageLoader(promised));
  const keys = unpickle(bytes, object.end);
  return { root: object.value, keys: keys.value, promised, end: keys.end };
}

async function locateStorages(
  file: RandomAccessFile,
  keys: PickleValue,
  promised: ReadonlyMap<string, PromisedStorage>,
  start: number,
): Promise<ReadonlyMap<string, number>> {
  if (!Array.isArray(keys)) throw new PickleError(t('its list of storages is malformed'));
  const positions = new Map<string, number>();
  let position = start;
  for (const key of keys) {
    const storage = typeof key === 'string' ? promised.get(key) : undefined;
    if (typeof key !== 'string' || !storage || positions.has(key)) {
      throw new PickleError(t('its list of storages does not fit its pickle'));
    }
    const count = Buffer.from(await file.read(position, LENGTH_BYTES)).readBigInt64LE();
    if (count !== BigInt(storage.bytes / storage.elementBytes)) {
      throw new PickleError(t('its storage {0} has another size than its pickle needs', shown(key)));
    }
    position += LENGTH_BYTES;
    if (!file.holds(position, storage.bytes)) throw file.truncated();
    positions.set(key, position);
    position += storage.bytes;
  }
  return positions;
}
