import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { loadDataset } from '../../../src/core/dataset/loadDataset';
import { nearDuplicateNotes } from '../../../src/core/dataset/nearDuplicates';
import type { LabelledImage } from '../../../src/core/dataset/scanFolder';
import { imagePrint } from '../../../src/core/dataset/imagePrint';
import { finish } from '../../../src/core/progress';
import { Random } from '../../../src/core/random';
import { temporaryFolder } from '../image/imageFiles';

describe('pictures that are nearly the same', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(async () => await remove());

  /** Blurred noise, another one for each seed: soft shapes as photographs have them. */
  const picture = async (seed: number): Promise<Sharp> => {
    const random = new Random(seed, 'picture');
    const pixels = Uint8Array.from({ length: 12 * 10 * 3 }, () => random.integer(256));
    const raw = { width: 12, height: 10, channels: 3 } as const;
    const large = await sharp(pixels, { raw }).resize(240, 200, { kernel: 'cubic' }).png().toBuffer();
    return sharp(large);
  };
  const write = async (path: string, image: Sharp): Promise<void> => {
    const file = join(folder, path);
    await mkdir(join(file, '..'), { recursive: true });
    await image.toFile(file);
  };
  const notes = async (): Promise<readonly string[]> => {
    const options = { seed: 0, cacheFolder: join(folder, '.cache'), signal: new AbortController().signal };
    const data = { folder: join(folder, 'data'), test: 0.25, labels: undefined };
    return (await finish(loadDataset(data, options))).notes;
  };
  const different = async (): Promise<void> => {
    let seed = 0;
    for (const phase of ['train', 'test']) {
      for (const name of ['a', 'b']) {
        for (const number of [0, 1, 2]) {
          await write(`data/${phase}/${name}/${number}.png`, await picture(++seed));
        }
      }
    }
  };

  it('are named where a test picture is among the training pictures, too, smaller or compressed anew', async () => {
    await different();
    await write('data/test/a/copy.jpg', (await picture(1)).resize(120, 100).jpeg({ quality: 80 }));
    await write('data/test/b/copy.jpg', (await picture(5)).jpeg({ quality: 50 }));
    const [note, ...others] = await notes();
    assert.match(
      note!,
      /^2 test images of 8 can be found among the training images, too, nearly the same \(test\/a\/copy\.jpg is train\/a\/0\.png; test\/b\/copy\.jpg is train\/b\/1\.png\): the test accuracy says too much\. Remove one of each, or keep them together/,
    );
    assert.deepEqual(others, []);
  });

  it('are named where they are in two classes', async () => {
    await different();
    await write('data/train/b/copy.webp', (await picture(2)).webp({ quality: 60 }));
    assert.deepEqual(await notes(), [
      '1 pair of nearly the same image in two classes (train/a/1.png and train/b/copy.webp): one of the labels is wrong, ' +
        'or both are needed and no network can tell.',
    ]);
  });

  it('are found again without decoding anything anew', async () => {
    await different();
    await write('data/test/a/copy.png', await picture(1));
    const first = await notes();
    assert.equal(first.length, 1);
    assert.deepEqual(await notes(), first);
  });

  it('are not those that are plain, or of one class and phase', async () => {
    await different();
    await write('data/train/a/copy.png', await picture(1));
    const grey = sharp({ create: { width: 64, height: 64, channels: 3, background: 'grey' } });
    for (const path of ['train/a/grey.png', 'test/a/grey.png']) await write(`data/${path}`, grey.clone());
    assert.deepEqual(await notes(), []);
  });

  it('are found quickly among many', () => {
    const random = new Random(3);
    const prints = new Map<string, Uint8Array>();
    const images = Array.from({ length: 20_000 }, (_, index): LabelledImage => {
      const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, () => random.integer(256));
      const file = `${index}.png`;
      prints.set(file, imagePrint(pixels, 16, 16));
      return { file, image: file, className: String(index % 7) };
    });
    const [test, train] = [images.slice(0, 5_000), images.slice(5_000)];
    prints.set('4999.png', prints.get('19999.png')!);
    const start = performance.now();
    const found = nearDuplicateNotes({ train, test }, prints);
    assert.ok(performance.now() - start < 5_000);
    assert.match(found[0]!, /^1 test image of 5000 .*\(4999\.png is 19999\.png\)/);
  });
});
