import type { FileHandle } from 'node:fs/promises';
import { t } from '../../protocol/language';
import { openRegularFile } from '../regularFile';
import { UserError } from '../userError';

const MAX_READ_BYTES = 2 ** 26;

/** A file of weights, read by position. Its owner closes it. */
export class RandomAccessFile {
  private constructor(
    readonly path: string,
    readonly size: number,
    private readonly handle: FileHandle,
  ) {}

  /** Throws a UserError for a file that is missing, unreadable, empty, or no regular file. */
  static async open(path: string): Promise<RandomAccessFile> {
    const handle = await openRegularFile(path, Infinity).catch((error: unknown) => {
      if (error instanceof UserError) throw error;
      throw new UserError(t('Cannot open the weights file {0}: {1}.', path, openFailure(error)), {
        cause: error,
      });
    });
    try {
      const { size } = await handle.stat();
      if (size === 0) throw new UserError(t('{0} is empty; save or download the weights again.', path));
      return new RandomAccessFile(path, size, handle);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** `length` bytes from `position`, at the start of a buffer of their own. */
  async read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (!this.holds(position, length)) throw this.truncated();
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const wanted = Math.min(length - at, MAX_READ_BYTES);
      const { bytesRead } = await this.handle.read(bytes, at, wanted, position + at);
      if (bytesRead === 0) throw this.truncated();
      at += bytesRead;
    }
    return bytes;
  }

  /** Whether the file has `length` bytes from `position`, whatever numbers these are. */
  holds(position: number, length: number): boolean {
    const whole = Number.isSafeInteger(position) && Number.isSafeInteger(length);
    return whole && position >= 0 && length >= 0 && position + length <= this.size;
  }

  truncated(): UserError {
    return new UserError(
      t('{0} ends too early: it is truncated or damaged; fetch or save it again.', this.path),
    );
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

function openFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return t('it does not exist');
  if (code === 'EACCES' || code === 'EPERM') return t('you have no permission to read it');
  if (code === 'EISDIR') return t('it is a folder');
  return error instanceof Error ? error.message : String(error);
}
