import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { t } from '../../protocol/language';
import type { Work } from '../progress';
import { UserError } from '../userError';
import { findPythonWithPip } from './findPython';
import { requireFreeSpace } from './freeSpace';
import { runProgram, type ProgramEnd } from './runProgram';
import { sha256OfFile } from './sha256OfFile';
import { makeStagingFolder, removeFolder } from './stagingFolder';

/** One exact file of a Python package. `platform` and `pythonVersion` are pip's words, for wheels bound to them. */
export interface WheelPin {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly platform?: string;
  readonly pythonVersion?: string;
}

const WATCH_EVERY_MS = 200;
/** pip keeps its download and the copy it hands over at the same time. */
const COPIES_ON_DISK = 2;

/**
 * Fetches a pinned wheel into `folder` through the user's own pip (its mirrors, proxies and offline folders count) and
 * returns its path. A file already there with the right checksum is kept. Safe to interrupt and to run twice at once.
 */
export async function* fetchWheel(
  pin: WheelPin,
  folder: string,
  { signal }: { readonly signal: AbortSignal },
): Work<string> {
  signal.throwIfAborted();
  const wheel = join(folder, pin.file);
  if ((await checksum(wheel, signal)) === pin.sha256) return wheel;
  await requireFreeSpace(folder, pin.bytes * COPIES_ON_DISK, `${pin.name} ${pin.version}`);
  const python = await findPythonWithPip(signal);
  const staging = await makeStagingFolder(folder);
  try {
    const fetched = yield* download(pin, python, staging, signal);
    const actual = await checksum(fetched, signal);
    if (actual !== pin.sha256) {
      throw new UserError(
        t(
          'The checksum of {0} is wrong: sha256 {1} instead of {2}; it was deleted, so try ' +
            'again, and if it stays wrong look at the mirror that pip is configured to use',
          pin.file,
          actual ?? t('nothing'),
          pin.sha256,
        ),
      );
    }
    await rename(fetched, wheel);
    return wheel;
  } finally {
    await removeFolder(staging);
  }
}

/** Runs pip to its end, yielding the bytes it has so far; returns the file's path below `staging`. */
async function* download(
  pin: WheelPin,
  [program, ...args]: readonly [string, ...string[]],
  staging: string,
  signal: AbortSignal,
): Work<string> {
  const temporary = join(staging, 'temporary');
  const out = join(staging, 'out');
  await mkdir(temporary);
  await mkdir(out);
  const stop = new AbortController();
  const pip = runProgram(program, [...args, ...pipArguments(pin, out)], {
    signal: AbortSignal.any([signal, stop.signal]),
    environment: { TMPDIR: temporary, TEMP: temporary, TMP: temporary },
  });
  try {
    const task = t('Fetching {0} {1}', pin.name, pin.version);
    yield { task, done: 0, total: pin.bytes, unit: 'bytes' };
    while ((await Promise.race([pip, sleep(WATCH_EVERY_MS, 'running' as const)])) === 'running') {
      yield { task, done: Math.min(await largestFile(staging), pin.bytes), total: pin.bytes, unit: 'bytes' };
    }
    const end = await pip;
    if (end?.code !== 0) throw new UserError(explain(pin, end));
    yield { task, done: pin.bytes, total: pin.bytes, unit: 'bytes' };
  } finally {
    // Whoever drives this generator may leave it early; pip must not outlive it.
    stop.abort();
    await pip.catch(() => undefined);
  }
  const files = await readdir(out);
  if (!files.includes(pin.file)) {
    throw new UserError(
      t(
        'pip fetched {0} where {1} was asked for: the mirror that pip is ' +
          'configured to use lacks this file of {2} {3}',
        files.join(', ') || t('nothing'),
        pin.file,
        pin.name,
        pin.version,
      ),
    );
  }
  return join(out, pin.file);
}

function pipArguments(pin: WheelPin, out: string): string[] {
  return [
    ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--no-input'],
    ...['--disable-pip-version-check', '--progress-bar', 'off', '--dest', out],
    ...(pin.platform === undefined ? [] : ['--platform', pin.platform]),
    ...(pin.pythonVersion === undefined ? [] : ['--python-version', pin.pythonVersion]),
    `${pin.name}==${pin.version}`,
  ];
}

function explain(pin: WheelPin, end: ProgramEnd | undefined): string {
  const lines = (end?.stderr ?? '').split(/\r?\n/).filter(line => line.trim() !== '');
  const last = (lines.at(-1) ?? t('pip ended with {0}', end?.code ?? end?.endedBy ?? '')).replace(
    /^ERROR: /,
    '',
  );
  const wanted = `${pin.name} ${pin.version} (${pin.file})`;
  if (/No space left on device|Errno 28/.test(last)) {
    return t(
      '{0} could not be fetched, the disk is full: free some space, or set THAW_CACHE to a folder on another disk',
      wanted,
    );
  }
  const unreachable = lines.some(line => /Retrying \(|NewConnectionError|ProxyError|SSLError/.test(line));
  const remedy = unreachable
    ? t(
        "the package index could not be reached: check the network and pip's proxy settings (pip config list)",
      )
    : t(
        'the index or the offline folder that pip is configured to use (pip config list, PIP_FIND_LINKS) must have it',
      );
  return t('{0} could not be fetched, pip says "{1}": {2}', wanted, last, remedy);
}

/** Size in bytes of the largest file below `folder`: the one pip is writing. */
async function largestFile(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries
    .filter(entry => entry.isFile())
    .map(entry =>
      stat(join(entry.parentPath, entry.name)).then(
        found => found.size,
        () => 0,
      ),
    );
  return Math.max(0, ...(await Promise.all(sizes)));
}

/** Hex sha256 of a file, undefined when there is none. */
async function checksum(file: string, signal: AbortSignal): Promise<string | undefined> {
  return sha256OfFile(file, { signal }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}
