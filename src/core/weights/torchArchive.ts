import { t } from '../../protocol/language';
import { printableName as shown } from '../../protocol/printable';
import { PickleError } from './pickleReader';
import { Storage, StorageType, Tuple, type PickleValue } from './pickleValue';

/** What torch.save put in a file: the object, and the raw little-endian bytes of the storages it refers to. */
export interface TorchArchive {
  readonly root: PickleValue;
  /** All bytes of a storage; throws PickleError where they are damaged. */
  readonly readStorage: (key: string) => Promise<Uint8Array<ArrayBuffer>>;
}

export const MAX_PICKLE_BYTES = 2 ** 26;

/** A storage by its key, with its size as the pickle promises it. */
export interface PromisedStorage {
  readonly bytes: number;
  readonly elementBytes: number;
}

/**
 * Understands torch's persistent ids, `('storage', type, key, location, length, view)`, and notes in `promised` how
 * large each storage must be.
 */
export function storageLoader(promised: Map<string, PromisedStorage>): (id: PickleValue) => PickleValue {
  return id => {
    if (!(id instanceof Tuple))
      throw new PickleError(t('its pickle refers to a storage in a way torch never does'));
    const [kind, type, key, , length, viewOf] = id.items;
    if (kind === 'module') {
      throw new PickleError(
        t(
          'it holds a whole pickled model, not a state dict; nothing was run. Save the weights alone: torch.save(model.state_dict(), "weights.pth")',
        ),
      );
    }
    if (kind !== 'storage' || !(type instanceof StorageType) || typeof key !== 'string' || !isCount(length)) {
      throw new PickleError(t('its pickle refers to a storage in a way torch never does'));
    }
    const elementBytes = type.element?.bytes ?? 1;
    const bytes = length * elementBytes;
    const known = promised.get(key);
    if (!Number.isSafeInteger(bytes) || (known && known.bytes !== bytes)) {
      throw new PickleError(t('its pickle gives storage {0} an impossible size', shown(key)));
    }
    promised.set(key, known ?? { bytes, elementBytes });
    return part(new Storage(key, type.element, 0, length), viewOf);
  };
}

/** Files of PyTorch's first years name a part of a storage: `(key of the part, offset, length)`. */
function part(storage: Storage, viewOf: PickleValue | undefined): Storage {
  if (!(viewOf instanceof Tuple)) return storage;
  const [, offset, length] = viewOf.items;
  if (!isCount(offset) || !isCount(length) || !storage.element || offset + length > storage.length) {
    throw new PickleError(t('its pickle has a view that lies outside storage {0}', shown(storage.key)));
  }
  return new Storage(storage.key, storage.element, offset, length);
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
