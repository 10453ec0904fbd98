import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { t } from '../../protocol/language';
import { finish, type Work } from '../progress';

/** The sha256 of a file's bytes, in 64 hexadecimal digits. */
export async function sha256OfFile(file: string, options: { signal?: AbortSignal } = {}): Promise<string> {
  return finish(hashFile(file, options));
}

/** As `sha256OfFile`, yielding the bytes read. */
export async function* hashFile(file: string, { signal }: { signal?: AbortSignal } = {}): Work<string> {
  const { size: total } = await stat(file);
  const task = t('Checking {0}', basename(file));
  const hash = createHash('sha256');
  let done = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) {
    signal?.throwIfAborted();
    const bytes = chunk as Buffer;
    hash.update(bytes);
    done += bytes.length;
    yield { task, done, total, unit: 'bytes' };
  }
  return hash.digest('hex');
}
