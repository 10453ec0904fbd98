import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { decodeImage, readImageHeader, UnreadableImageError } from '../../../src/core/image/decodeImage';
import { resample } from '../../../src/core/image/resample';
import { evaluationView, trainingView, wholeView } from '../../../src/core/image/transforms';
import type { View } from '../../../src/core/image/view';
import { Random } from '../../../src/core/random';
import { UserError } from '../../../src/core/userError';
import { pattern, temporaryFolder, writeBomb, writeImage } from './imageFiles';

describe('decoding an image', () => {
  let folder: string;
  let remove: () => Promise<void>;
  before(async () => ({ folder, remove } = await temporaryFolder()));
  after(async () => await remove());

  const at = (name: string): string => join(folder, name);
  const asIs = async (file: string): Promise<number[]> => {
    const { width, height } = await readImageHeader(file);
    return [...(await decodeImage(file, wholeView(width, height, 1000)))];
  };
  const raw = (pixels: number[], channels: 1 | 2 | 3 | 4) =>
    sharp(Uint8Array.from(pixels), { raw: { width: pixels.length / channels, height: 1, channels } });

  it('gives red, green and blue as they are', async () => {
    await raw([1, 2, 3, 250, 128, 0], 3).toFile(at('rgb.png'));
    assert.deepEqual(await asIs(at('rgb.png')), [1, 2, 3, 250, 128, 0]);
  });

  it('repeats grey', async () => {
    await raw([7, 200], 1).toColourspace('b-w').toFile(at('grey.png'));
    assert.deepEqual(await asIs(at('grey.png')), [7, 7, 7, 200, 200, 200]);
  });

  it('drops transparency and keeps the colour beneath', async () => {
    await raw([10, 20, 30, 0, 40, 50, 60, 128], 4).toFile(at('alpha.png'));
    assert.deepEqual(await asIs(at('alpha.png')), [10, 20, 30, 40, 50, 60]);
    const view: View = { ...wholeView(2, 1, 1) };
    assert.deepEqual([...(await decodeImage(at('alpha.png'), view))], [25, 35, 45]);
  });

  it('takes the high byte of 16 bits', async () => {
    await sharp(Uint16Array.of(0x1234, 0xabcd, 0x00ff), { raw: { width: 1, height: 1, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toFile(at('deep.png'));
    assert.equal((await sharp(at('deep.png')).metadata()).depth, 'ushort');
    assert.deepEqual(await asIs(at('deep.png')), [0x12, 0xab, 0x00]);
  });

  it('looks colours of a palette up', async () => {
    await raw([255, 0, 0, 0, 255, 0], 3).png({ palette: true }).toFile(at('palette.png'));
    assert.equal((await sharp(at('palette.png')).metadata()).isPalette, true);
    assert.deepEqual(await asIs(at('palette.png')), [255, 0, 0, 0, 255, 0]);
  });

  it('brings CMYK to three channels', async () => {
    await sharp(Buffer.alloc(48, 200), { raw: { width: 4, height: 4, channels: 3 } })
      .toColourspace('cmyk')
      .jpeg()
      .toFile(at('cmyk.jpg'));
    assert.equal((await sharp(at('cmyk.jpg')).metadata()).channels, 4);
    const pixels = await asIs(at('cmyk.jpg'));
    assert.equal(pixels.length, 48);
    assert.ok(pixels.every(value => Math.abs(value - 188) <= 3));
  });

  it('reads webp, gif, tiff and avif', async () => {
    for (const name of ['a.webp', 'a.gif', 'a.tif', 'a.avif']) {
      await writeImage(at(name), { width: 5, height: 4 });
      assert.equal((await asIs(at(name))).length, 60, name);
    }
  });

  it('does not turn an image as its EXIF orientation says', async () => {
    await sharp(pattern(12, 8), { raw: { width: 12, height: 8, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .toFile(at('turned.jpg'));
    assert.deepEqual(await readImageHeader(at('turned.jpg')), { width: 12, height: 8, hasAlpha: false });
  });

  const preprocessing = {
    resize: 64,
    crop: 56,
    interpolation: 'bilinear',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  } as const;
  const difference = (a: Uint8Array, b: Uint8Array): { mean: number; max: number } => {
    const differences = a.map((value, i) => Math.abs(value - b[i]!));
    return { mean: differences.reduce((sum, d) => sum + d, 0) / a.length, max: Math.max(...differences) };
  };

  for (const [name, width, height, interpolation] of [
    ['wide', 150, 100, 'bilinear'],
    ['tall', 70, 200, 'bilinear'],
    ['wide', 150, 100, 'bicubic'],
    ['tall', 70, 200, 'bicubic'],
  ] as const) {
    it(`shrinks a ${name} image as Pillow's arithmetic does, but for rounding: ${interpolation}`, async () => {
      const pixels = new Uint8Array(
        await sharp(pattern(width, height), { raw: { width, height, channels: 3 } })
          .blur(2)
          .raw()
          .toBuffer(),
      );
      await sharp(pixels, { raw: { width, height, channels: 3 } }).toFile(at(`${name}.png`));
      const view = evaluationView(width, height, { ...preprocessing, interpolation });
      const decoded = await decodeImage(at(`${name}.png`), view);
      assert.equal(decoded.length, 56 * 56 * 3);
      const all = { ...view, crop: { left: 0, top: 0, ...view.resize } };
      const exact = resample(pixels, all);
      const cut = new Uint8Array(decoded.length);
      for (let y = 0; y < 56; y++) {
        const row = ((view.crop.top + y) * view.resize.width + view.crop.left) * 3;
        cut.set(exact.subarray(row, row + 56 * 3), y * 56 * 3);
      }
      const { mean, max } = difference(decoded, cut);
      assert.ok(mean < 0.5, `mean ${mean}`);
      assert.ok(max <= 2, `max ${max}`);
    });
  }

  it("enlarges in Pillow's arithmetic exactly", async () => {
    await writeImage(at('small.png'), { width: 30, height: 40 });
    const view = evaluationView(30, 40, preprocessing);
    const all = resample(pattern(30, 40), { ...view, crop: { left: 0, top: 0, ...view.resize } });
    const decoded = await decodeImage(at('small.png'), view);
    const { left, top } = view.crop;
    const row = ((top + 3) * view.resize.width + left) * 3;
    assert.deepEqual(decoded.slice(3 * 56 * 3, 4 * 56 * 3), all.slice(row, row + 56 * 3));
  });

  it('mirrors exactly', async () => {
    for (const [name, width, height] of [
      ['wide.png', 150, 100],
      ['small.png', 30, 40],
    ] as const) {
      const view = trainingView('crop-flip', new Random(1), width, height, preprocessing);
      const plain = await decodeImage(at(name), { ...view, flip: false });
      const mirrored = await decodeImage(at(name), { ...view, flip: true });
      for (let y = 0; y < 56; y++) {
        for (let x = 0; x < 56; x++) {
          const [from, to] = [(y * 56 + x) * 3, (y * 56 + 55 - x) * 3];
          assert.deepEqual(mirrored.slice(to, to + 3), plain.slice(from, from + 3));
        }
      }
    }
  });

  it('cuts a strip of a very long image without enlarging all of it', async () => {
    await sharp({
      create: { width: 60000, height: 1, channels: 3, background: { r: 9, g: 8, b: 7 } },
    }).toFile(at('long.png'));
    const pixels = await decodeImage(at('long.png'), evaluationView(60000, 1, preprocessing));
    assert.deepEqual([...new Set(pixels)].sort(), [7, 8, 9]);
  });
});

describe('an image that cannot be read', () => {
  let folder: string;
  let remove: () => Promise<void>;
  before(async () => ({ folder, remove } = await temporaryFolder()));
  after(async () => await remove());

  const cases: [
    name: string,
    reason: RegExp,
    permanent: boolean,
    make: (file: string) => Promise<unknown>,
  ][] = [
    ['missing.jpg', /^there is no such file$/, false, async () => undefined],
    ['empty.jpg', /^the file is empty$/, true, async file => await writeFile(file, '')],
    [
      'text.jpg',
      /^its content is no JPEG, PNG, WebP, GIF, TIFF or AVIF$/,
      true,
      async file => await writeFile(file, 'not an image'),
    ],
    [
      'drawing.png',
      /^its content is no JPEG/,
      true,
      async file =>
        await writeFile(file, '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'),
    ],
    [
      'truncated.jpg',
      /^the file is cut short$/,
      true,
      async file => {
        await writeImage(file, { width: 200, height: 200 });
        const bytes = await readFile(file);
        await writeFile(file, bytes.subarray(0, Math.floor(bytes.length * 0.9)));
      },
    ],
    [
      'truncated.png',
      /^(the file is cut short|its content is damaged .*)$/,
      true,
      async file => {
        await writeImage(file, { width: 200, height: 200 });
        const bytes = await readFile(file);
        await writeFile(file, bytes.subarray(0, Math.floor(bytes.length * 0.7)));
      },
    ],
    [
      'corrupt.jpg',
      /^its content is damaged \(.*\)$/,
      true,
      async file => {
        await writeImage(file, { width: 200, height: 200 });
        const bytes = await readFile(file);
        // The first Huffman table's counts: more codes than 16 bits hold.
        const table = bytes.indexOf(Buffer.from([0xff, 0xc4]));
        await writeFile(file, bytes.fill(0xff, table + 5, table + 21));
      },
    ],
    ['bomb.png', /^it has more than 100 million pixels$/, true, async file => await writeBomb(file, 20_000)],
  ];
  for (const [name, reason, permanent, make] of cases) {
    it(`${name}: ${reason.source}`, async () => {
      const file = join(folder, name);
      await make(file);
      await assert.rejects(
        async () => {
          const header = await readImageHeader(file);
          await decodeImage(file, wholeView(header.width, header.height, 32), header);
        },
        (error: unknown) => {
          assert.ok(error instanceof UnreadableImageError && error instanceof UserError);
          assert.match(error.reason, reason);
          assert.equal(error.permanent, permanent);
          assert.equal(error.message, `The image ${file} cannot be read: ${error.reason}`);
          return true;
        },
      );
    });
  }

  it('may be a small file: the bomb has less than 100 kilobytes', async () => {
    assert.ok((await writeBomb(join(folder, 'bomb.png'), 20_000)) < 100_000);
  });
});
