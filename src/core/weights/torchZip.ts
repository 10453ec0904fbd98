import { crc32 } from 'node:zlib';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { t } from '../../protocol/language';
import { printableName as shown } from '../../protocol/printable';
import { PickleError } from './pickleReader';
import type { RandomAccessFile } from './randomAccessFile';
import { MAX_PICKLE_BYTES, storageLoader, type PromisedStorage, type TorchArchive } from './torchArchive';
import { unpickle } from './unpickler';

const MAX_ENTRIES = 200_000;

/** Opens the form torch.save writes since 1.6: a zip archive with `NAME/data.pkl` and `NAME/data/KEY`. */
export async function openTorchZip(file: RandomAccessFile): Promise<TorchArchive> {
  const zip = await openZip(file);
  const entries = await readEntries(zip);
  const folder = findFolder([...entries.keys()]);
  const read = (name: string): Promise<Uint8Array<ArrayBuffer>> =>
    readEntry(file, zip, entries.get(`${folder}/${name}`), name);

  if (entries.has(`${folder}/constants.pkl`)) {
    throw new PickleError(
      t(
        'it is a TorchScript archive, a program with its weights, not a state dict; save torch.jit.load(FILE).state_dict() with torch.save',
      ),
    );
  }
  const order = entries.has(`${folder}/byteorder`)
    ? Buffer.from(await read('byteorder')).toString()
    : 'little';
  if (order !== 'little')
    throw new PickleError(t('it was saved on a big-endian machine, which is not supported'));

  if ((entries.get(`${folder}/data.pkl`)?.uncompressedSize ?? 0) > MAX_PICKLE_BYTES) {
    throw new PickleError(t('its data.pkl has more than {0} bytes', MAX_PICKLE_BYTES));
  }
  const promised = new Map<string, PromisedStorage>();
  let storageBytes = 0;
  const { value } = unpickle(await read('data.pkl'), 0, storageLoader(promised));
  for (const [key, { bytes }] of promised) {
    const entry = entries.get(`${folder}/data/${key}`);
    if (entry?.uncompressedSize !== bytes) {
      throw new PickleError(
        t(
          'its data/{0} has {1} bytes where its pickle needs {2}',
          shown(key),
          entry?.uncompressedSize ?? t('no'),
          bytes,
        ),
      );
    }
    storageBytes += bytes;
  }
  if (storageBytes > file.size) throw new PickleError(t('the storages in its zip archive overlap'));
  return { root: value, readStorage: key => read(`data/${key}`) };
}

/** Hands yauzl the file; a position outside it is an error of the archive, where Node would throw past all handlers. */
class BoundedReader extends RandomAccessReader {
  constructor(private readonly file: RandomAccessFile) {
    super();
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.file.read(position, length).then(bytes => {
      buffer.set(bytes, offset);
      callback(null);
    }, callback);
  }
}

async function openZip(file: RandomAccessFile): Promise<ZipFile> {
  try {
    return await fromRandomAccessReaderPromise(new BoundedReader(file), file.size, { autoClose: false });
  } catch (error) {
    throw new PickleError(
      t('it is a zip archive whose directory is missing: the file is truncated or damaged'),
      {
        cause: error,
      },
    );
  }
}

async function readEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES)
    throw new PickleError(t('it is a zip archive of {0} entries', zip.entryCount));
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName))
        throw new PickleError(t('its zip archive has {0} twice', shown(entry.fileName)));
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    if (error instanceof PickleError) throw error;
    throw new PickleError(t('the directory of its zip archive is damaged'), { cause: error });
  }
  return entries;
}

function findFolder(names: readonly string[]): string {
  const pickle = names.find(name => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined) {
    throw new PickleError(t('it is a zip archive, but not one that torch.save wrote: it has no data.pkl'));
  }
  return pickle.slice(0, pickle.indexOf('/'));
}

/** torch stores without compression, so that no entry can grow as it is read. */
async function readEntry(
  file: RandomAccessFile,
  zip: ZipFile,
  entry: Entry | undefined,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!entry) throw new PickleError(t('its zip archive has no {0}', shown(name)));
  if (entry.compressionMethod !== 0 || entry.isEncrypted()) {
    throw new PickleError(t('its {0} is compressed or encrypted, which torch.save never does', shown(name)));
  }
  let start: number;
  try {
    start = (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
  } catch (error) {
    throw new PickleError(t('its zip archive is damaged at {0}', shown(name)), { cause: error });
  }
  const bytes = await file.read(start, entry.uncompressedSize);
  // torch writes 0 where it was told not to compute checksums.
  if (entry.crc32 !== 0 && crc32(bytes) !== entry.crc32) {
    throw new PickleError(
      t('its {0} is damaged (its checksum is wrong); fetch or save the file again', shown(name)),
    );
  }
  return bytes;
}
