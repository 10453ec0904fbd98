import { access, mkdir, open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { t } from '../../protocol/language';
import { asWriteError } from '../atomicWrite';
import type { Work } from '../progress';
import { UserError } from '../userError';
import { makeStagingFolder, removeFolder } from './stagingFolder';

const MAX_ENTRIES = 100_000;
const MAX_FILE_BYTES = 4 * 2 ** 30;
const MAX_TOTAL_BYTES = 16 * 2 ** 30;
/** A file may be more than MAX_RATIO times its compressed size only below this size. */
const RATIO_COUNTS_FROM_BYTES = 16 * 2 ** 20;
const MAX_RATIO = 200;
const CHUNK_BYTES = 2 ** 20;

/** Says whether a file of the archive is wanted, or under which other path below the folder it is. */
export type Wanted = (path: string) => boolean | string;

interface Member {
  readonly entry: Entry;
  /** Below the folder, with forward slashes. */
  readonly path: string;
}

/**
 * Unpacks the wanted files of a wheel (a zip archive) into `folder`, which appears when it is whole; a folder already
 * there is taken as whole. Yields bytes. A hostile or damaged archive is a UserError and leaves nothing behind.
 */
export async function* unpackWheel(
  wheel: string,
  folder: string,
  wanted: Wanted,
  { signal }: { readonly signal: AbortSignal },
): Work<void> {
  signal.throwIfAborted();
  if (await exists(folder)) return;
  const archive = await openArchive(wheel);
  try {
    const members = await list(archive, wheel, wanted);
    const staging = await makeStagingFolder(dirname(folder));
    try {
      const total = members.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
      // The name and the version are enough of a wheel's file name.
      const task = t('Unpacking {0}', basename(wheel).split('-', 2).join(' '));
      let done = 0;
      for (const member of members) {
        for await (const bytes of unpackMember(archive, wheel, member, staging)) {
          signal.throwIfAborted();
          done += bytes;
          yield { task, done, total, unit: 'bytes' };
        }
      }
      await moveIntoPlace(staging, folder);
    } catch (error) {
      throw asWriteError(error, folder);
    } finally {
      await removeFolder(staging);
    }
  } finally {
    archive.close();
  }
}

async function openArchive(wheel: string): Promise<ZipFile> {
  try {
    return await openPromise(wheel, { lazyEntries: true, autoClose: false, strictFileNames: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error;
    throw refusal(wheel, t('is no zip archive ({0})', (error as Error).message));
  }
}

/** Reads the directory of the archive and refuses what no wheel contains before anything is written. */
async function list(archive: ZipFile, wheel: string, wanted: Wanted): Promise<readonly Member[]> {
  if (archive.entryCount > MAX_ENTRIES) throw refusal(wheel, t('has more than {0} entries', MAX_ENTRIES));
  const members: Member[] = [];
  const names = new Set<string>();
  let total = 0;
  try {
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      const want = wanted(entry.fileName);
      if (want === false) continue;
      const path = want === true ? entry.fileName : want;
      total += entry.uncompressedSize;
      const problem =
        problemWith(entry, path) ??
        (total > MAX_TOTAL_BYTES ? t('brings it over {0} bytes', MAX_TOTAL_BYTES) : undefined) ??
        (names.has(path.toLowerCase()) ? t('is there twice') : undefined);
      if (problem !== undefined)
        throw refusal(wheel, t('has an entry {0} that {1}', JSON.stringify(entry.fileName), problem));
      names.add(path.toLowerCase());
      members.push({ entry, path });
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refusal(wheel, t('has a damaged or hostile directory ({0})', (error as Error).message));
  }
  return members;
}

function problemWith(entry: Entry, path: string): string | undefined {
  const parts = path.split('/');
  if (parts.some(part => ['', '.', '..'].includes(part)) || /[\\:\0]/.test(path))
    return t('leads out of the folder');
  if (((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000) return t('is a symbolic link');
  if (entry.isEncrypted()) return t('is encrypted');
  if (!entry.canDecodeFileData()) return t('is packed by an unknown method');
  if (entry.uncompressedSize > MAX_FILE_BYTES) return t('is larger than {0} bytes', MAX_FILE_BYTES);
  const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
  if (entry.uncompressedSize > RATIO_COUNTS_FROM_BYTES && ratio > MAX_RATIO) {
    return t('is packed more than {0} to 1', MAX_RATIO);
  }
  return undefined;
}

/** Writes one file below `staging`, yielding the bytes of each chunk. */
async function* unpackMember(
  archive: ZipFile,
  wheel: string,
  { entry, path }: Member,
  staging: string,
): AsyncGenerator<number, void, void> {
  const damaged = (how: string): UserError =>
    refusal(wheel, t('is damaged: {0} {1}', JSON.stringify(entry.fileName), how));
  const file = join(staging, ...path.split('/'));
  await mkdir(dirname(file), { recursive: true });
  const executable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
  const handle = await open(file, 'wx', executable ? 0o755 : 0o644);
  const packed = await archive.openReadStreamPromise(entry, { decodeFileData: false });
  try {
    let size = 0;
    let crc = 0;
    for await (const chunk of unpacked(packed, entry)) {
      size += chunk.length;
      if (size > entry.uncompressedSize) throw damaged(t('is longer than the directory says'));
      crc = crc32(chunk, crc);
      await handle.writeFile(chunk);
      yield chunk.length;
    }
    if (size !== entry.uncompressedSize) throw damaged(t('is shorter than the directory says'));
    if (crc !== entry.crc32) throw damaged(t('has a wrong checksum'));
    await handle.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw damaged(t('cannot be decompressed'));
    throw error;
  } finally {
    packed.destroy();
    await handle.close();
  }
}

/** Larger chunks than the library's own stream has: three times as fast on libraries of a gigabyte. */
function unpacked(packed: Readable, entry: Entry): AsyncIterable<Buffer> {
  if (entry.compressionMethod === 0) return packed as AsyncIterable<Buffer>;
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  packed.on('error', error => inflate.destroy(error));
  return packed.pipe(inflate) as AsyncIterable<Buffer>;
}

/** Another process may have been faster: its folder is as good. */
async function moveIntoPlace(staging: string, folder: string): Promise<void> {
  try {
    await rename(staging, folder);
  } catch (error) {
    if (!(await exists(folder))) throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function refusal(wheel: string, what: string): UserError {
  return new UserError(t('The package file {0} {1}: delete it and fetch it again', wheel, what));
}
