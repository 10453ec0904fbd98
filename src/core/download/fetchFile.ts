import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../../protocol/language';
import { asWriteError } from '../atomicWrite';
import type { Work } from '../progress';
import { UserError } from '../userError';
import { requireFreeSpace } from './freeSpace';
import { ConnectionLost, hostOf, requestFrom, unreachable, type Fetch } from './requestFrom';
import { hashFile } from './sha256OfFile';

export interface FetchFileOptions {
  readonly signal: AbortSignal;
  /** The first hexadecimal digits of the file's sha256; at least eight. */
  readonly sha256: string;
  readonly maxBytes: number;
  /** Node's own unless a test gives another. */
  readonly fetch?: Fetch;
  readonly retryAfterMs?: number;
}

const MAX_ATTEMPTS = 4;

/**
 * Downloads an https URL to `file`, which appears only once its sha256 is right. What has arrived stays in `FILE.part`,
 * and the next call goes on from there. A lost connection is tried again, then a UserError says what to do by hand.
 */
export async function* fetchFile(url: string, file: string, options: FetchFileOptions): Work<void> {
  const { signal, sha256, retryAfterMs = 1000 } = options;
  if (!/^[0-9a-f]{8,64}$/.test(sha256)) throw new Error(`${sha256} is no beginning of a sha256`);
  const part = `${file}.part`;
  await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
    throw asWriteError(error, file);
  });
  let resumed = (await sizeOf(part)) > 0;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      yield* download(url, part, basename(file), options);
      const actual = yield* hashFile(part, { signal });
      if (actual.startsWith(sha256)) return await rename(part, file);
      await rm(part, { force: true });
      if (!resumed) throw wrongContent(url, actual, sha256);
      // What an earlier call left may have been of another version of the file: once more from the start.
      resumed = false;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ConnectionLost)) throw asWriteError(error, part);
      if (attempt >= MAX_ATTEMPTS) throw unreachable(url, file, error);
      await sleep(retryAfterMs * attempt, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Appends to `part` until it has all bytes; throws ConnectionLost where trying again may help. */
async function* download(
  url: string,
  part: string,
  name: string,
  { signal, maxBytes, fetch = globalThis.fetch }: FetchFileOptions,
): Work<void> {
  const have = await sizeOf(part);
  const response = await requestFrom(url, have, { signal, fetch });
  if (response.status === 416) {
    await rm(part, { force: true });
    throw new ConnectionLost(t('it has no more bytes than an earlier download left'));
  }
  const start = response.status === 206 ? have : 0;
  const total = totalBytes(response, start);
  const handle = await open(part, start > 0 ? 'r+' : 'w');
  try {
    if ((total ?? 0) > maxBytes) throw tooLarge(url, maxBytes);
    await requireFreeSpace(dirname(part), (total ?? 0) - start, name);
    let done = start;
    yield { task: t('Fetching {0}', name), done, total, unit: 'bytes' };
    for await (const chunk of chunksOf(response)) {
      signal.throwIfAborted();
      if (done + chunk.length > maxBytes) throw tooLarge(url, maxBytes);
      await writeAt(handle, chunk, done);
      done += chunk.length;
      yield { task: t('Fetching {0}', name), done, total, unit: 'bytes' };
    }
    if (total !== undefined && done < total)
      throw new ConnectionLost(t('the connection was cut at byte {0}', done));
    await handle.truncate(done);
    await handle.sync();
  } finally {
    await handle.close();
    await response.body?.cancel().catch(() => undefined);
  }
}

async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw ConnectionLost.from(error);
      });
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    reader.releaseLock();
  }
}

/** Size of the whole file as the answer promises it; undefined where it does not. */
function totalBytes(response: Response, start: number): number | undefined {
  if (response.status !== 206) return wholeNumber(response.headers.get('content-length'));
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  if (wholeNumber(range?.[1]) !== start)
    throw new ConnectionLost(t('it sent another part of the file than asked for'));
  return wholeNumber(range?.[2]);
}

function wholeNumber(text: string | null | undefined): number | undefined {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function tooLarge(url: string, maxBytes: number): UserError {
  return new UserError(
    t('{0} sends more than {1} bytes for {2}, which cannot be the right file.', hostOf(url), maxBytes, url),
  );
}

function wrongContent(url: string, actual: string, expected: string): UserError {
  return new UserError(
    t(
      'What {0} sent for {1} is not the right file: its sha256 begins {2}, not {3}; it was deleted.',
      hostOf(url),
      url,
      actual.slice(0, expected.length),
      expected,
    ),
  );
}
