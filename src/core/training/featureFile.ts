import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { bytesPerPicture, type FeatureCache, type FeatureSource } from '../engine/featureCache';
import type { Features } from '../engine/network';
import { UserError } from '../userError';

/** What a file of features must hold. Two descriptions that differ in a character name different files. */
export interface FeatureDescription {
  /** All that decides the values. */
  readonly key: string;
  readonly shapes: readonly (readonly number[])[];
  readonly pictures: number;
}

const MAGIC = 'thaw features 1\n';
const CHECKSUM_BYTES = 4;
/** Read or written in one go. */
const CHUNK_BYTES = 2 ** 24;

/**
 * Features on the disk: the description, then for each picture its activations (float32, little-endian) at each
 * boundary and a CRC-32 of them. Read with positioned reads, as Node maps no files into memory.
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
    const handle = await open(path, 'r').catch(() => undefined);
    if (!handle) return undefined;
    const file = new FeatureFile(path, handle, description);
    try {
      if (await file.isWhole(signal, cache)) return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  }

  get shapes(): FeatureDescription['shapes'] {
    return this.description.shapes;
  }

  async copy(picture: number, into: readonly Float32Array[], row: number): Promise<void> {
    const record = Buffer.alloc(this.recordBytes);
    const at = this.header.length + picture * this.recordBytes;
    const { bytesRead } = await this.handle.read(record, 0, record.length, at);
    const values = bytesRead === record.length ? valuesOf(record) : undefined;
    if (!values) {
      throw new UserError(
        `The features in ${this.path} were damaged while they were in use; delete that file and start again.`,
      );
    }
    splitValues(values, this.shapes).forEach((part, boundary) => {
      into[boundary]!.set(part.values, row * part.values.length);
    });
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private get recordBytes(): number {
    return bytesPerPicture(this.shapes) + CHECKSUM_BYTES;
  }

  private async isWhole(signal: AbortSignal, cache: FeatureCache | undefined): Promise<boolean> {
    const { shapes, pictures } = this.description;
    const { header, recordBytes } = this;
    const { size } = await this.handle.stat();
    if (size !== header.length + pictures * recordBytes) return false;
    const found = Buffer.alloc(header.length);
    await this.handle.read(found, 0, header.length, 0);
    if (!found.equals(header)) return false;

    const together = Math.max(1, Math.floor(CHUNK_BYTES / recordBytes));
    const chunk = Buffer.alloc(Math.min(together, pictures) * recordBytes);
    for (let first = 0; first < pictures; first += together) {
      signal.throwIfAborted();
      const count = Math.min(together, pictures - first);
      const { bytesRead } = await this.handle.read(
        chunk,
        0,
        count * recordBytes,
        header.length + first * recordBytes,
      );
      if (bytesRead !== count * recordBytes) return false;
      for (let i = 0; i < count; i++) {
        const values = valuesOf(chunk.subarray(i * recordBytes, (i + 1) * recordBytes));
        if (!values) return false;
        cache?.put([first + i], splitValues(values, shapes));
      }
    }
    return true;
  }
}

/** Writes a file of features picture by picture, beside where it will be; it is there once `finish` has ended. */
export class FeatureFileWriter {
  private constructor(
    private readonly path: string,
    private readonly beside: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(path: string, description: FeatureDescription): Promise<FeatureFileWriter> {
    await mkdir(dirname(path), { recursive: true });
    const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
    const handle = await open(beside, 'wx');
    await handle.appendFile(headerOf(description));
    return new FeatureFileWriter(path, beside, handle);
  }

  /** Adds the features of the next `pictures` pictures. */
  async append(features: readonly Features[], pictures: number): Promise<void> {
    const records: Buffer[] = [];
    for (let picture = 0; picture < pictures; picture++) {
      const parts = features.map(({ values }) => {
        const width = values.length / pictures;
        return Buffer.from(values.buffer, values.byteOffset + picture * width * 4, width * 4);
      });
      const checksum = Buffer.alloc(CHECKSUM_BYTES);
      checksum.writeUInt32LE(parts.reduce((sum, part) => crc32(part, sum), 0));
      records.push(...parts, checksum);
    }
    await this.handle.appendFile(Buffer.concat(records));
  }

  async finish(): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
    await rename(this.beside, this.path);
  }

  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.beside, { force: true });
  }
}

/** Bytes of a whole file. */
export function featureFileBytes(description: FeatureDescription): number {
  const { shapes, pictures } = description;
  return headerOf(description).length + pictures * (bytesPerPicture(shapes) + CHECKSUM_BYTES);
}

function headerOf(description: FeatureDescription): Buffer {
  return Buffer.from(`${MAGIC}${JSON.stringify(description)}\n`);
}

/** The values of a record whose checksum is right. */
function valuesOf(record: Buffer): Float32Array | undefined {
  const bytes = record.subarray(0, record.length - CHECKSUM_BYTES);
  if (crc32(bytes) !== record.readUInt32LE(bytes.length)) return undefined;
  // Copied, since a float must lie at a multiple of four bytes.
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function splitValues(values: Float32Array, shapes: FeatureDescription['shapes']): readonly Features[] {
  let from = 0;
  return shapes.map(shape => {
    const width = shape.reduce((a, b) => a * b, 1);
    const part = values.subarray(from, from + width);
    from += width;
    return { shape, values: part };
  });
}
