import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeFileAtomically } from '../atomicWrite';
import { readRegularFile } from '../regularFile';
import { PRINT_BYTES, type ImagePrint } from './imagePrint';

/** Raised when decoding changes, so that files are looked at again. */
const VERSION = 2;
const MAX_BYTES = 256 * 1024 * 1024;

interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/** What was found of a file: why it cannot be read, or what the picture looks like in small. */
export type Finding = { readonly reason: string } | { readonly print: ImagePrint };

/** `reason` is empty where there is a print, in base64. */
type Entry = readonly [size: number, mtimeMs: number, reason: string, print: string];

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

  /** Undefined if the file was not looked at or has changed since. */
  get(file: string, { size, mtimeMs }: Stamp): Finding | undefined {
    const entry = this.entries.get(file);
    if (!entry || entry[0] !== size || entry[1] !== mtimeMs) return undefined;
    const [, , reason, print] = entry;
    return reason === '' ? { print: Buffer.from(print, 'base64') } : { reason };
  }

  set(file: string, { size, mtimeMs }: Stamp, found: Finding): void {
    const print = 'print' in found ? Buffer.from(found.print).toString('base64') : '';
    this.entries.set(file, [size, mtimeMs, 'reason' in found ? found.reason : '', print]);
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
  const [size, mtimeMs, reason, print] = value[1] as unknown[];
  if (typeof size !== 'number' || typeof mtimeMs !== 'number' || typeof reason !== 'string') return false;
  return typeof print === 'string' && (reason !== '' || Buffer.byteLength(print, 'base64') === PRINT_BYTES);
}
