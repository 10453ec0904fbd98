import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, rm, statfs, utimes } from 'node:fs/promises';
import { cpus, endianness } from 'node:os';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import type { Sample } from '../dataset/dataset';
import { sha256OfFile } from '../download/sha256OfFile';
import type { Work } from '../progress';
import type { LoadedRun } from './loadedRun';
import { isLeft } from './unfinishedFeatures';

/** Raise it when what the engine's kernels compute, or the decoder, changes in any bit. */
const NUMBERS_VERSION = 2;
/** Share of the free disk that features may take. */
const DISK_SHARE = 0.5;
const DEFAULT_BYTES = 10e9;
/** What this makes, and so may delete: whole or left unfinished. */
const OWN_FILE = /^[0-9a-f]{32}\.features(\..*)?$/;
const HASHED_TOGETHER = 32;

/** The folder of files of features below a workspace's `.thaw/cache`: at most so many bytes, the least recently used go first. */
export class FeatureFolder {
  readonly path: string;

  constructor(
    workspace: string,
    private readonly limit = DEFAULT_BYTES,
  ) {
    this.path = join(workspace, '.thaw', 'cache', 'features');
  }

  /** The file for a key. */
  file(key: string): string {
    return join(this.path, `${sha256(key).slice(0, 32)}.features`);
  }

  /** Marks a file as used just now. */
  async touch(file: string): Promise<void> {
    const now = new Date();
    await utimes(file, now, now).catch(() => undefined);
  }

  /**
   * Deletes what has not been used for longest, but for the files of `keep`, until the files of `wanted` fit beside what
   * is there of them; false, and nothing deleted, where they never will.
   */
  async makeRoom(wanted: readonly WantedFile[], keep: readonly string[]): Promise<boolean> {
    if (wanted.reduce((sum, { bytes }) => sum + bytes, 0) > this.limit) return false;
    await mkdir(this.path, { recursive: true });
    const { bavail, bsize } = await statfs(this.path);
    const files = await this.files();
    const missing = wanted.reduce((sum, { file, bytes }) => {
      const most = Math.max(0, ...files.filter(each => isOf(each, file)).map(({ size }) => size));
      return sum + Math.max(0, bytes - most);
    }, 0);
    const kept = [...keep, ...wanted.map(({ file }) => file)];
    const evictable = files
      .filter(each => !kept.some(file => isOf(each, file)))
      .sort((a, b) => a.usedMs - b.usedMs);
    const held = files.reduce((sum, { size }) => sum + size, 0);
    let excess = Math.max(held + missing - this.limit, missing - bavail * bsize * DISK_SHARE);
    if (evictable.reduce((sum, { size }) => sum + size, 0) < excess) return false;
    for (const { file, size } of evictable) {
      if (excess <= 0) break;
      await rm(file, { force: true });
      excess -= size;
    }
    return true;
  }

  private async files(): Promise<readonly KeptFile[]> {
    const found = [];
    for (const name of await readdir(this.path)) {
      const file = join(this.path, name);
      const [own, unfinished] = OWN_FILE.exec(name) ?? [];
      const stats = own === undefined ? undefined : await lstat(file).catch(() => undefined);
      if (!stats?.isFile()) continue;
      if (unfinished === undefined || isLeft(name, stats.mtimeMs)) {
        found.push({ file, size: stats.size, usedMs: stats.mtimeMs });
      }
    }
    return found;
  }
}

/** A file that is to be written, and its bytes once it is whole. */
export interface WantedFile {
  readonly file: string;
  readonly bytes: number;
}

/** Whether it is that file, or what there is of it. */
function isOf(kept: KeptFile, file: string): boolean {
  return kept.file.startsWith(file);
}

interface KeptFile {
  readonly file: string;
  readonly size: number;
  readonly usedMs: number;
}

/** All that decides the features of a run's pictures but the pictures themselves and how they are viewed. */
export function featuresKey({
  recipe,
  plan,
  graph,
  preprocessing,
  engine,
  weightsSource,
}: LoadedRun): string {
  const { model, precision, batchSize } = recipe;
  const weights = 'sha256' in weightsSource ? weightsSource.sha256 : `seed ${weightsSource.seed}`;
  const cut = { boundary: plan.boundary, prefix: plan.prefix.map(node => graph[node]!.path) };
  // The size of a batch may change the last bits of a sum.
  return JSON.stringify({
    ...{ model, weights, cut: sha256(JSON.stringify(cut)), preprocessing, precision, batchSize },
    ...{ engine: [engine.name, engine.version, engine.device], numbers: NUMBERS_VERSION },
    ...{ cpu: cpus()[0]?.model, endianness: endianness() },
  });
}

/** One hash of the content of pictures, in their order. */
export async function* hashPictures(samples: readonly Sample[], signal: AbortSignal): Work<string> {
  const hash = createHash('sha256');
  for (let start = 0; start < samples.length; start += HASHED_TOGETHER) {
    const part = samples.slice(start, start + HASHED_TOGETHER);
    for (const each of await Promise.all(part.map(({ file }) => sha256OfFile(file, { signal })))) {
      hash.update(each);
    }
    const done = start + part.length;
    yield {
      task: t('Looking for features kept by earlier runs'),
      done,
      total: samples.length,
      unit: 'images',
    };
  }
  return hash.digest('hex');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
