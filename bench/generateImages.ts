import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { Random } from '../src/core/random';

const WIDTH = 500;
const HEIGHT = 375;

/** Writes `count` JPEG photographs of nothing (soft coloured noise, 500 x 375), in turn of two classes, below `folder`. */
export async function generateImages(folder: string, count: number, seed: string): Promise<void> {
  const classes = ['one', 'two'];
  for (const name of classes) await mkdir(join(folder, name), { recursive: true });
  for (let index = 0; index < count; index++) {
    const name = classes[index % classes.length]!;
    const random = new Random(seed, name, index);
    const coarse = Uint8Array.from({ length: 20 * 15 * 3 }, () => random.integer(256));
    await sharp(coarse, { raw: { width: 20, height: 15, channels: 3 } })
      .resize(WIDTH, HEIGHT, { kernel: 'cubic', fit: 'fill' })
      .jpeg({ quality: 90 })
      .toFile(join(folder, name, `${index}.jpg`));
  }
}
