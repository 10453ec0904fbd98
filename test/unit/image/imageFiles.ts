import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A folder for one test; `remove` deletes it. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-test-'));
  return { folder, remove: async () => await rm(folder, { recursive: true, force: true }) };
}

/** [height, width, 3] of reproducible pixels with detail in every channel. */
export function pattern(width: number, height: number, seed = 0): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < pixels.length; i++) {
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    pixels[i] = (x * (5 + (i % 3)) + y * (3 + 2 * (i % 3)) + seed * 31) % 256;
  }
  return pixels;
}

/** Writes pixels as the format of the file's extension. */
export async function writeImage(
  file: string,
  { width = 24, height = 20, seed = 0 }: { width?: number; height?: number; seed?: number } = {},
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await sharp(pattern(width, height, seed), { raw: { width, height, channels: 3 } }).toFile(file);
}

/** Writes small images at these paths below a folder, each different. */
export async function writeImages(folder: string, paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map(async (path, seed) => await writeImage(join(folder, path), { seed })));
}

/** Writes a black PNG of one bit a pixel: a small file of many pixels. */
export async function writeBomb(file: string, side: number): Promise<number> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(side / 8)) * side));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const png = Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, png);
  return png.length;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
