import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Random } from '../../../src/core/random';

/** Writes `count` PNGs of 72 x 64 pixels for each class below `folder`: noise around a colour of the class's own. */
export async function tinyPictures(folder: string, classes: readonly string[], count: number): Promise<void> {
  for (const [label, name] of classes.entries()) {
    await mkdir(join(folder, name), { recursive: true });
    for (let index = 0; index < count; index++) {
      const random = new Random('pictures', name, index);
      const colour = [0, 1, 2].map(channel => 60 + ((label + channel) % 3) * 60);
      const pixels = Uint8Array.from(
        { length: 72 * 64 * 3 },
        (_, i) => colour[i % 3]! + random.integer(60) - 30,
      );
      await sharp(pixels, { raw: { width: 72, height: 64, channels: 3 } })
        .png({ compressionLevel: 1 })
        .toFile(join(folder, name, `${String(index).padStart(2, '0')}.png`));
    }
  }
}
