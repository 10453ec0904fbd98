import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from '../../../src/core/dataset/dataset';
import type { Batch } from '../../../src/core/image/batch';
import { batches, type BatchOptions } from '../../../src/core/image/batches';
import { decodeImage } from '../../../src/core/image/decodeImage';
import { PixelCache } from '../../../src/core/image/pixelCache';
import { evaluationView } from '../../../src/core/image/transforms';
import { UserError } from '../../../src/core/userError';
import { temporaryFolder, writeImages } from './imageFiles';

const preprocessing = {
  resize: 18,
  crop: 16,
  interpolation: 'bilinear',
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

describe('batches', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let samples: Sample[];
  before(async () => {
    ({ folder, remove } = await temporaryFolder());
    const images = Array.from({ length: 7 }, (_, i) => `${i}.png`);
    await writeImages(folder, images);
    samples = images.map((image, label) => ({ file: join(folder, image), image, label }));
  });
  after(async () => await remove());

  const options = (changes: Partial<BatchOptions> = {}): BatchOptions => ({
    order: [0, 1, 2, 3, 4, 5, 6],
    batchSize: 3,
    preprocessing,
    view: 'evaluation',
    signal: new AbortController().signal,
    ...changes,
  });
  const collect = async (changes: Partial<BatchOptions> = {}): Promise<Batch[]> => {
    const all: Batch[] = [];
    for await (const batch of batches(samples, options(changes))) all.push(batch);
    return all;
  };
  const pixelsOf = async (view: BatchOptions['view'], order: number[]): Promise<Uint8Array[]> => {
    const all = await collect({ view, order, batchSize: 2 });
    const bytes = 16 * 16 * 3;
    return all.flatMap(({ pixels, indices }) =>
      indices.map((_, i) => pixels.slice(i * bytes, (i + 1) * bytes)),
    );
  };

  it('are the same from decoded pictures that were kept, as far as those fit', async () => {
    const flip = { augment: 'flip', seed: 1, epoch: 3 } as const;
    const crops = { augment: 'crop-flip', seed: 1, epoch: 3 } as const;
    for (const pictures of [0, 4, 7]) {
      const cache = new PixelCache(pictures * 16 * 16 * 3);
      for (const view of ['flipped', flip, 'evaluation', crops] as const) {
        assert.deepEqual(await collect({ view, cache }), await collect({ view }));
      }
      assert.equal(samples.filter(({ file }) => cache.get(file)).length, pictures);
    }
  });

  it('hold the samples in the order asked for, the last ones in a smaller batch', async () => {
    const all = await collect({ order: [6, 0, 5, 1, 4, 2, 3] });
    assert.deepEqual(
      all.map(batch => batch.indices),
      [[6, 0, 5], [1, 4, 2], [3]],
    );
    assert.deepEqual(
      all.map(batch => batch.samples.map(sample => sample.label)),
      [[6, 0, 5], [1, 4, 2], [3]],
    );
    assert.deepEqual(
      all.map(batch => [batch.size, batch.pixels.length]),
      [
        [16, 3 * 16 * 16 * 3],
        [16, 3 * 16 * 16 * 3],
        [16, 16 * 16 * 3],
      ],
    );
  });

  it('are none for no samples', async () => {
    assert.deepEqual(await collect({ order: [] }), []);
  });

  it('hold the evaluation view of each image', async () => {
    const [first, second] = await pixelsOf('evaluation', [4, 2]);
    const view = evaluationView(24, 20, preprocessing);
    assert.deepEqual(first, await decodeImage(samples[4]!.file, view));
    assert.deepEqual(second, await decodeImage(samples[2]!.file, view));
  });

  it('hold its mirror image when flipped', async () => {
    const [plain] = await pixelsOf('evaluation', [3]);
    const [flipped] = await pixelsOf('flipped', [3]);
    const rows = (pixels: Uint8Array): string[] =>
      Array.from({ length: 256 }, (_, i) => [...pixels.subarray(i * 3, i * 3 + 3)].join());
    const mirrored = rows(plain!).map((_, i, all) => all[i - (i % 16) + 15 - (i % 16)]);
    assert.deepEqual(rows(flipped!), mirrored);
    assert.notDeepEqual(flipped, plain);
  });

  it('draw the same views for a sample whatever the order, the batch size and the prefetching', async () => {
    const view = { augment: 'crop-flip', seed: 1, epoch: 2 } as const;
    const forward = await pixelsOf(view, [0, 1, 2, 3, 4, 5, 6]);
    const backward = await pixelsOf(view, [6, 5, 4, 3, 2, 1, 0]);
    assert.deepEqual(backward.reverse(), forward);
    const [whole] = await collect({ view, batchSize: 7, prefetch: 0 });
    assert.deepEqual(whole!.pixels, Uint8Array.from(forward.flatMap(pixels => [...pixels])));
  });

  it('draw other views in another epoch and with another seed', async () => {
    const at = async (seed: number, epoch: number) =>
      await pixelsOf({ augment: 'crop-flip', seed, epoch }, [0, 1, 2]);
    const first = await at(0, 0);
    assert.deepEqual(await at(0, 0), first);
    assert.notDeepEqual(await at(0, 1), first);
    assert.notDeepEqual(await at(1, 0), first);
  });

  it('end with a sentence that names an image which has become unreadable', async () => {
    const own = await temporaryFolder();
    try {
      await writeImages(own.folder, ['a/good.jpg', 'a/bad.jpg']);
      await writeFile(join(own.folder, 'a/bad.jpg'), 'no longer an image');
      const changed = ['a/good.jpg', 'a/bad.jpg'].map(image => ({
        file: join(own.folder, image),
        image,
        label: 0,
      }));
      const stream = batches(changed, options({ order: [0, 1], batchSize: 1 }));
      assert.deepEqual((await stream.next()).value?.indices, [0]);
      await assert.rejects(
        async () => await stream.next(),
        (error: unknown) =>
          error instanceof UserError &&
          error.message ===
            'The image a/bad.jpg can no longer be read: its content is no JPEG, PNG, WebP, GIF, TIFF or AVIF; restore it, or start again to leave it out',
      );
    } finally {
      await own.remove();
    }
  });

  it('are decoded ahead while the thread is blocked', async () => {
    const own = await temporaryFolder();
    try {
      const images = ['0.png', '1.png', '2.png', '3.png'];
      await writeImages(own.folder, images);
      const there = images.map((image, label) => ({ file: join(own.folder, image), image, label }));
      const stream = batches(there, options({ order: [0, 1, 2, 3], batchSize: 1 }));
      await stream.next();
      // The files go while nothing of ours can run; what was started reads them before.
      const end = performance.now() + 200;
      while (performance.now() < end);
      await Promise.all(images.slice(0, 3).map(async image => await rm(join(own.folder, image))));
      assert.deepEqual((await stream.next()).value?.indices, [1]);
      assert.deepEqual((await stream.next()).value?.indices, [2]);
    } finally {
      await own.remove();
    }
  });

  it('stop with the reason of the signal, and leave no rejection unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      const controller = new AbortController();
      const stream = batches(samples, options({ batchSize: 1, signal: controller.signal }));
      await stream.next();
      const reason = new Error('stopped');
      controller.abort(reason);
      await assert.rejects(async () => await stream.next(), reason);
      assert.equal((await stream.next()).done, true);

      const broken = samples.map(sample => ({ ...sample, file: `${sample.file}.gone` }));
      const failing = batches(broken, options({ batchSize: 1 }));
      await assert.rejects(async () => await failing.next(), UserError);
      await new Promise(resolve => setTimeout(resolve, 50));
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('do not begin when the signal has already stopped them', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await assert.rejects(async () => await collect({ signal }), new Error('too late'));
  });
});
