import { createHash, randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../protocol/language';
import { UserError } from './userError';

type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

/** How to tell whether a file is whole. */
export interface Fingerprint {
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Replaces a file whole or not at all: writes beside it, flushes to the disk, renames. When anything fails the old
 * file is untouched and nothing is left beside it. A full disk or a missing permission is a UserError. Returns what
 * was written.
 */
export async function writeFileAtomically(file: string, data: Content): Promise<Fingerprint> {
  const target = await realpath(file).catch(() => file);
  const beside = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  let written: Fingerprint;
  try {
    written = await writeAndFlush(beside, data, await permissionsOf(target));
    await replace(beside, target);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw asWriteError(error, file);
  }
  await flushFolder(dirname(target));
  return written;
}

async function writeAndFlush(
  file: string,
  data: Content,
  permissions: number | undefined,
): Promise<Fingerprint> {
  const handle = await open(file, 'wx');
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    if (permissions !== undefined) await handle.chmod(permissions);
    for await (const chunk of chunksOf(data)) {
      hash.update(chunk);
      await writeAll(handle, chunk);
      bytes += chunk.length;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

function chunksOf(data: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof data === 'string') return [Buffer.from(data)];
  return data instanceof Uint8Array ? [data] : data;
}

/** Those of the file to be replaced, so that a private one stays private; undefined where there is none. */
async function permissionsOf(file: string): Promise<number | undefined> {
  return stat(file).then(
    ({ mode }) => mode & 0o777,
    () => undefined,
  );
}

const MAX_WRITE_BYTES = 2 ** 26;

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, Math.min(bytes.length - at, MAX_WRITE_BYTES));
    at += bytesWritten;
  }
}

/** On Windows a virus scanner or an indexer may hold the old file open for a moment. */
async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const held = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !held || attempt === 6) throw error;
      await sleep(20 * 2 ** attempt);
    }
  }
}

/** Makes the rename itself last through a power cut; Windows cannot open folders, some file systems refuse. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

const REASONS: Readonly<Record<string, string>> = {
  get ENOSPC() {
    return t('the disk is full; free some space and try again');
  },
  get EDQUOT() {
    return t('your disk quota is used up; free some space and try again');
  },
  get EACCES() {
    return t('you have no permission to write there; choose another place or change its permissions');
  },
  get EPERM() {
    return t('you have no permission to write there; choose another place or change its permissions');
  },
  get EROFS() {
    return t('the file system is read-only; choose another place');
  },
  get ENOENT() {
    return t('its folder does not exist; create it first');
  },
  get ENOTDIR() {
    return t('its folder is a file; choose another place');
  },
  get EISDIR() {
    return t('a folder of that name is there; choose another name');
  },
  get ENAMETOOLONG() {
    return t('the name is too long; choose a shorter one');
  },
  get EFBIG() {
    return t('the file system cannot hold a file of this size; choose another place');
  },
};

/** The UserError for a file-system error met while writing `file`; any other error as it is. */
export function asWriteError(error: unknown, file: string): unknown {
  const reason = REASONS[errorCode(error) ?? ''];
  return reason === undefined
    ? error
    : new UserError(t('Cannot write {0}: {1}.', file, reason), { cause: error });
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
