import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { t } from '../protocol/language';
import { UserError } from './userError';

/** A named pipe would otherwise hold up whoever opens it until somebody writes to it. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file that may come from anyone: a UserError where it, or what a link leads to, is a pipe, a device or a
 * folder, or has more than `maxBytes`. Errors of the file system are thrown as they are. Its owner closes it.
 */
export async function openRegularFile(file: string, maxBytes: number): Promise<FileHandle> {
  const handle = await open(file, READ);
  try {
    requireRegular(file, await handle.stat(), maxBytes);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The bytes of a file, at most those that it had when it was opened. Errors as of `openRegularFile`. */
export async function readRegularFile(file: string, maxBytes: number): Promise<Buffer> {
  const handle = await openRegularFile(file, maxBytes);
  try {
    const bytes = Buffer.alloc((await handle.stat()).size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** As `readRegularFile`, at once; where the file is longer than `most`, its end alone. */
export function readRegularFileSync(file: string, maxBytes: number, most = maxBytes): Buffer {
  const descriptor = openSync(file, READ);
  try {
    const stats = fstatSync(descriptor);
    requireRegular(file, stats, maxBytes);
    const bytes = Buffer.alloc(Math.min(stats.size, most));
    let length = 0;
    while (length < bytes.length) {
      const at = stats.size - bytes.length + length;
      const read = readSync(descriptor, bytes, length, bytes.length - length, at);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

function requireRegular(file: string, stats: Stats, maxBytes: number): void {
  if (stats.isDirectory()) throw new UserError(t('{0} is a folder, where a file is needed.', file));
  if (!stats.isFile()) throw new UserError(t('{0} is no regular file.', file));
  if (stats.size > maxBytes) {
    throw new UserError(t('{0} has {1} bytes, of which at most {2} are read.', file, stats.size, maxBytes));
  }
}
