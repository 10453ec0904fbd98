import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  /** What the directory claims, where it lies. */
  readonly claimedSize?: number;
  readonly claimedCrc?: number;
  /** Index of the entry whose bytes this one claims as its own. */
  readonly sharesDataOf?: number;
}

/** A zip archive as torch.save lays it out, and as it never would. */
export function zipArchive(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let position = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const data = entry.deflate ? deflateRawSync(entry.data) : Buffer.from(entry.data);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(entry.deflate ? 8 : 0, 4);
    fields.writeUInt32LE(entry.claimedCrc ?? crc32(entry.data), 10);
    fields.writeUInt32LE(entry.deflate ? data.length : (entry.claimedSize ?? data.length), 14);
    fields.writeUInt32LE(entry.claimedSize ?? entry.data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const offset = entry.sharesDataOf === undefined ? position : offsets[entry.sharesDataOf]!;
    offsets.push(offset);
    if (entry.sharesDataOf === undefined) {
      const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, data]);
      parts.push(local);
      position += local.length;
    }
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, rest, name]));
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
