import { constants } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { t } from '../../protocol/language';
import type { FeatureCache, FeatureSource } from '../engine/featureCache';
import type { Features } from '../engine/networkInput';
import {
  bytesPerPicture,
  restore,
  store,
  storeFor,
  valuesPerPicture,
  type FeatureLayout,
  type StoredValues,
} from '../engine/storedFeatures';
import { valuesIn } from '../model/shapes';
import { openRegularFile } from '../regularFile';
import { UserError } from '../userError';
import { leftName, takeLeft, writingName } from './unfinishedFeatures';

/** What a file of features must hold. Two descriptions that differ in a character name different files. */
export interface FeatureDescription extends FeatureLayout {
  /** All that decides the values. */
  readonly key: string;
  readonly pictures: number;
}

const MAGIC = 'thaw features 2\n';
const CHECKSUM_BYTES = 4;
/** Read or written in one go. */
const CHUNK_BYTES = 2 ** 24;

/**
 * Features on the disk: the description, then for each picture its activations (float32 or bfloat16, in the order of
 * bytes of the machine that wrote it) at each boundary and a CRC-32 of them. Read with positioned reads, as Node maps
 * no files into memory.
 */
export class FeatureFile implements FeatureSource {
  private readonly header: Buffer;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly description: FeatureDescription,
  ) {
    this.header = headerOf(description);
  }

  /** Opens a file that holds just what is described, every checksum checked; undefined when there is none such. */
  static async open(
    path: string,
    description: FeatureDescription,
    signal: AbortSignal,
    cache?: FeatureCache,
  ): Promise<FeatureFile | undefined> {
    const handle = await openRegularFile(path, Infinity).catch(() => undefined);
    if (!handle) return undefined;
    const file = new FeatureFile(path, handle, description);
    try {
      const { size } = await handle.stat();
      const isWhole = size === featureFileBytes(description);
      if (isWhole && (await countWhole(handle, description, signal, cache)) === description.pictures)
        return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  }

  get layout(): FeatureLayout {
    return this.description;
  }

  async copy(picture: number, into: readonly Float32Array[], row: number): Promise<void> {
    const record = Buffer.alloc(this.recordBytes);
    const at = this.header.length + picture * this.recordBytes;
    const { bytesRead } = await this.handle.read(record, 0, record.length, at);
    const values = bytesRead === record.length ? valuesOf(record, this.layout) : undefined;
    if (!values) {
      throw new UserError(
        t(
          'The features in {0} were damaged while they were in use; delete that file and start again.',
          this.path,
        ),
      );
    }
    splitValues(values, this.layout).forEach((part, boundary) => {
      into[boundary]!.set(part.values, row * part.values.length);
    });
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private get recordBytes(): number {
    return bytesPerRecord(this.layout);
  }
}

/** Written to at the end alone, and never through a link. */
const APPEND = constants.O_RDWR | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);

/** Writes a file of features picture by picture, beside where it will be; it is there once `finish` has ended. */
export class FeatureFileWriter {
  private constructor(
    private readonly path: string,
    private readonly beside: string,
    private readonly handle: FileHandle,
    private readonly layout: FeatureLayout,
    private written = 0,
  ) {}

  static async create(path: string, description: FeatureDescription): Promise<FeatureFileWriter> {
    await mkdir(dirname(path), { recursive: true });
    const beside = writingName(path);
    const handle = await open(beside, 'wx');
    await handle.appendFile(headerOf(description));
    return new FeatureFileWriter(path, beside, handle, description);
  }

  /**
   * Goes on where a pass that did not come to its end has left that file, after the last whole batch of it; the cache
   * gets the features that are there. Undefined where nothing was left.
   */
  static async goOn(
    path: string,
    description: FeatureDescription,
    batchSize: number,
    signal: AbortSignal,
    cache?: FeatureCache,
  ): Promise<FeatureFileWriter | undefined> {
    const beside = await takeLeft(path);
    const handle = beside && (await open(beside, APPEND).catch(() => undefined));
    if (!handle) return undefined;
    const writer = new FeatureFileWriter(path, beside, handle, description);
    try {
      const whole = (await countWhole(handle, description, signal, cache)) ?? 0;
      const batches = whole === description.pictures ? whole : whole - (whole % batchSize);
      if (batches === 0) {
        await writer.abandon();
        return undefined;
      }
      writer.written = batches;
      await handle.truncate(headerOf(description).length + batches * bytesPerRecord(description));
      return writer;
    } catch (error) {
      await writer.putBack();
      throw error;
    }
  }

  /** Pictures that are in the file. */
  get pictures(): number {
    return this.written;
  }

  /** Adds the features of the next `pictures` pictures. */
  async append(features: readonly Features[], pictures: number): Promise<void> {
    const records: Buffer[] = [];
    for (let picture = 0; picture < pictures; picture++) {
      const parts = features.map(({ values }) => {
        const width = values.length / pictures;
        const stored = storeFor(width, this.layout.precision);
        store(values.subarray(picture * width, (picture + 1) * width), stored);
        return Buffer.from(stored.buffer);
      });
      const checksum = Buffer.alloc(CHECKSUM_BYTES);
      checksum.writeUInt32LE(parts.reduce((sum, part) => crc32(part, sum), 0));
      records.push(...parts, checksum);
    }
    await this.handle.appendFile(Buffer.concat(records));
    this.written += pictures;
  }

  async finish(): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
    await rename(this.beside, this.path);
  }

  /** Ends before the end, for `goOn`. */
  async leave(): Promise<void> {
    await (this.written === 0 ? this.abandon() : this.putBack());
  }

  /** Ends, and takes away what was written. */
  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.beside, { force: true });
  }

  private async putBack(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rename(this.beside, leftName(this.path)).catch(() => undefined);
  }
}

/** Bytes of a whole file. */
export function featureFileBytes(description: FeatureDescription): number {
  return headerOf(description).length + description.pictures * bytesPerRecord(description);
}

/**
 * How many pictures from the first on are whole in a file, of which the cache gets the features; undefined in a file that
 * is described otherwise.
 */
async function countWhole(
  handle: FileHandle,
  description: FeatureDescription,
  signal: AbortSignal,
  cache: FeatureCache | undefined,
): Promise<number | undefined> {
  const { pictures } = description;
  const header = headerOf(description);
  const found = Buffer.alloc(header.length);
  await handle.read(found, 0, header.length, 0);
  if (!found.equals(header)) return undefined;

  const bytes = bytesPerRecord(description);
  const together = Math.max(1, Math.floor(CHUNK_BYTES / bytes));
  const chunk = Buffer.alloc(Math.min(together, pictures) * bytes);
  for (let first = 0; first < pictures; first += together) {
    signal.throwIfAborted();
    const count = Math.min(together, pictures - first);
    const { bytesRead } = await handle.read(chunk, 0, count * bytes, header.length + first * bytes);
    const there = Math.floor(bytesRead / bytes);
    for (let i = 0; i < there; i++) {
      const values = valuesOf(chunk.subarray(i * bytes, (i + 1) * bytes), description);
      if (!values) return first + i;
      cache?.put([first + i], splitValues(values, description));
    }
    if (there < count) return first + there;
  }
  return pictures;
}

function headerOf({ key, shapes, precision, pictures }: FeatureDescription): Buffer {
  return Buffer.from(`${MAGIC}${JSON.stringify({ key, shapes, precision, pictures })}\n`);
}

function bytesPerRecord(layout: FeatureLayout): number {
  return bytesPerPicture(layout) + CHECKSUM_BYTES;
}

/** The values of a record whose checksum is right. */
function valuesOf(record: Buffer, layout: FeatureLayout): Float32Array | undefined {
  const bytes = record.subarray(0, record.length - CHECKSUM_BYTES);
  if (crc32(bytes) !== record.readUInt32LE(bytes.length)) return undefined;
  // Copied, since a number must lie at a multiple of its size.
  const stored: StoredValues = storeFor(valuesPerPicture(layout), layout.precision);
  new Uint8Array(stored.buffer).set(bytes);
  if (stored instanceof Float32Array) return stored;
  const values = new Float32Array(stored.length);
  restore(stored, values);
  return values;
}

function splitValues(values: Float32Array, { shapes }: FeatureLayout): readonly Features[] {
  let from = 0;
  return shapes.map(shape => {
    const width = valuesIn(shape);
    const part = values.subarray(from, from + width);
    from += width;
    return { shape, values: part };
  });
}
