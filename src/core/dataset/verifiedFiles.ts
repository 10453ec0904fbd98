import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../atomicWrite';
import { readRegularFile } from '../regularFile';

/** Raised when decoding changes, so that files are looked at again. */
const VERSION = 1;
const MAX_BYTES = 256 * 1024 * 1024;

interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}

type Entry = readonly [size: number, mtimeMs: number, reason: string];

/** What verifying images found, by path, size and modification time. A lost or odd file of it is an empty one. */
export class VerifiedFiles {
  private changed = false;

  private constructor(
    private readonly cacheFile: string,
    private readonly entries: Map<string, Entry>,
  ) {}

  static async read(cacheFile: string): Promise<VerifiedFiles> {
    return new VerifiedFiles(cacheFile, await readEntries(cacheFile));
  }

  /** Why the file cannot be read, empty if it can; undefined if it was not looked at or has changed since. */
  get(file: string, { size, mtimeMs }: Stamp): string | undefined {
    const entry = this.entries.get(file);
    return entry && entry[0] === size && entry[1] === mtimeMs ? entry[2] : undefined;
  }

  set(file: string, { size, mtimeMs }: Stamp, reason: string): void {
    this.entries.set(file, [size, mtimeMs, reason]);
    this.changed = true;
  }

  /** Writes what is new. A cache that cannot be written costs time, not the run. */
  async write(): Promise<void> {
    if (!this.changed) return;
    try {
      await mkdir(dirname(this.cacheFile), { recursive: true });
      await writeFileAtomically(
        this.cacheFile,
        JSON.stringify({ version: VERSION, files: [...this.entries] }),
      );
      this.changed = false;
    } catch {
      // The next run verifies again.
    }
  }
}

async function readEntries(cacheFile: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    const content: unknown = JSON.parse((await readRegularFile(cacheFile, MAX_BYTES)).toString('utf8'));
    if (!isContent(content)) return entries;
    for (const row of content.files) if (isRow(row)) entries.set(row[0], row[1]);
  } catch {
    entries.clear();
  }
  return entries;
}

function isContent(value: unknown): value is { files: unknown[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === VERSION &&
    'files' in value &&
    Array.isArray(value.files)
  );
}

function isRow(value: unknown): value is [string, Entry] {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || !Array.isArray(value[1])) return false;
  const [size, mtimeMs, reason] = value[1] as unknown[];
  return typeof size === 'number' && typeof mtimeMs === 'number' && typeof reason === 'string';
}
