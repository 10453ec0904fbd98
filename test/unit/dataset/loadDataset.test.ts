import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset, Sample } from '../../../src/core/dataset/dataset';
import { loadDataset, outputCount } from '../../../src/core/dataset/loadDataset';
import { finish } from '../../../src/core/progress';
import type { LabelsRecipe } from '../../../src/core/recipe/recipe';
import { UserError } from '../../../src/core/userError';
import { temporaryFolder, writeImages } from '../image/imageFiles';

describe('loading a dataset', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(async () => await remove());

  const load = async (
    { below = 'data', labels, test = 0.25 }: { below?: string; labels?: LabelsRecipe; test?: number } = {},
    seed = 0,
  ): Promise<Dataset> => {
    const data = { folder: join(folder, below), test, labels };
    const signal = new AbortController().signal;
    return await finish(loadDataset(data, { seed, cacheFolder: join(folder, 'cache'), signal }));
  };
  const numbered = (className: string, count: number, kind = 'png'): string[] =>
    Array.from({ length: count }, (_, i) => `data/${className}/${i}.${kind}`);
  const spoil = async (...paths: string[]): Promise<void> => {
    for (const path of paths) await writeFile(join(folder, path), 'no image');
  };
  const labelsOf = (samples: readonly Sample[]): number[] => samples.map(({ label }) => label);
  const unreadable = 'its content is no JPEG, PNG, WebP, GIF, TIFF or AVIF';
  const refused = async (message: string, given?: Parameters<typeof load>[0]): Promise<void> =>
    await assert.rejects(async () => await load(given), new UserError(message.replaceAll('FOLDER', folder)));

  it('numbers the classes alphabetically, the same in both phases', async () => {
    await writeImages(folder, [
      ...['data/train/zebra/1.png', 'data/train/ant/1.png', 'data/train/Bee/1.png'],
      ...['data/val/zebra/2.png', 'data/val/ant/2.png', 'data/val/Bee/2.png'],
    ]);
    const { classes, train, test, skipped, notes } = await load();
    assert.deepEqual(classes, ['Bee', 'ant', 'zebra']);
    assert.deepEqual(train, [
      { file: join(folder, 'data/train/Bee/1.png'), image: 'train/Bee/1.png', label: 0 },
      { file: join(folder, 'data/train/ant/1.png'), image: 'train/ant/1.png', label: 1 },
      { file: join(folder, 'data/train/zebra/1.png'), image: 'train/zebra/1.png', label: 2 },
    ]);
    assert.deepEqual(labelsOf(test), [0, 1, 2]);
    assert.deepEqual([skipped, notes], [[], []]);
  });

  it('lists unreadable images and leaves them out before the split', async () => {
    await writeImages(folder, [...numbered('a', 8), ...numbered('b', 9)]);
    await spoil('data/b/4.png');
    const { train, test, skipped } = await load();
    assert.deepEqual(skipped, [{ image: 'b/4.png', reason: unreadable }]);
    assert.deepEqual(labelsOf(test), [0, 0, 1, 1]);
    assert.equal(train.length, 12);
    assert.ok(![...train, ...test].some(({ image }) => image === 'b/4.png'));
  });

  it('splits by the seed', async () => {
    await writeImages(folder, [...numbered('a', 12), ...numbered('b', 12)]);
    const first = await load({}, 1);
    assert.deepEqual(await load({}, 1), first);
    assert.notDeepEqual((await load({}, 2)).test, first.test);
  });

  it('takes labels from a CSV and keeps its groups together', async () => {
    const images = Array.from({ length: 16 }, (_, i) => `data/img${i}.png`);
    await writeImages(folder, images);
    const rows = images.map((_, i) => `img${i},${i % 2 ? 'mel' : 'nv'},lesion${Math.floor(i / 4)}${i % 2}`);
    await writeFile(join(folder, 'labels.csv'), ['id,dx,lesion', ...rows].join('\n'));
    const labels = { file: join(folder, 'labels.csv'), image: 'id', label: 'dx', group: 'lesion' };
    const { classes, train, test } = await load({ labels });
    assert.deepEqual(classes, ['mel', 'nv']);
    assert.deepEqual(labelsOf(test).sort(), [0, 0, 1, 1]);
    const lesion = ({ image }: Sample): string => rows[Number(/\d+/.exec(image)![0])]!.split(',')[2]!;
    const tested = new Set(test.map(lesion));
    assert.equal(tested.size, 2);
    assert.ok(train.every(sample => !tested.has(lesion(sample))));
  });

  it('refuses a folder that is not there, and a file in its place', async () => {
    await refused(`data.folder: there is no folder ${join(folder, 'data')}`);
    await writeFile(join(folder, 'data'), '');
    await refused(`data.folder: ${join(folder, 'data')} is a file; it must be a folder of images`);
  });

  it('refuses an empty folder and a single class', async () => {
    await mkdir(join(folder, 'data'));
    await assert.rejects(load, /^UserError: .* holds no images: put the \.jpg/);
    await writeImages(folder, numbered('a', 3));
    await mkdir(join(folder, 'data', 'b'));
    await refused(
      `${join(folder, 'data')} holds images of only one class, a: at least two classes are needed`,
    );
  });

  it('names a class of which no image can be read', async () => {
    await writeImages(folder, [...numbered('a', 3), ...numbered('b', 2), ...numbered('c', 1)]);
    await spoil('data/b/0.png', 'data/b/1.png');
    await refused(`The class b has no image left: none of its 2 images can be read (b/0.png: ${unreadable})`);
  });

  it('names a class that loses its last image in one phase', async () => {
    await writeImages(folder, ['data/train/a/1.png', 'data/train/b/1.png', 'data/train/b/2.png']);
    await writeImages(folder, ['data/test/a/3.png', 'data/test/b/3.png']);
    await spoil('data/test/b/3.png');
    await refused(
      `The class b has no image left in the test phase: its only image cannot be read (test/b/3.png: ${unreadable})`,
    );
  });

  it('names a class with too few images to split', async () => {
    await writeImages(folder, [...numbered('a', 3), ...numbered('b', 2)]);
    await spoil('data/b/0.png');
    await refused(
      'The class b cannot be in both the train and the test phase: it has only 1 image; add images of it or leave it out',
    );
  });

  it('stops when told to', async () => {
    await writeImages(folder, [...numbered('a', 3), ...numbered('b', 3)]);
    const reason = new Error('stopped');
    const options = { seed: 0, cacheFolder: join(folder, 'cache'), signal: AbortSignal.abort(reason) };
    const data = { folder: join(folder, 'data'), test: 0.2, labels: undefined };
    await assert.rejects(async () => await finish(loadDataset(data, options)), reason);
  });
});

describe('the number of outputs', () => {
  it('is that of the classes unless more are wanted', () => {
    assert.equal(outputCount(['a', 'b'], undefined), 2);
    assert.equal(outputCount(['a', 'b'], 2), 2);
    assert.equal(outputCount(['a', 'b'], 5), 5);
  });

  it('must not be smaller, and the classes are named', () => {
    assert.throws(
      () => outputCount(['a', 'b', 'c'], 2),
      new UserError('classes is 2, but the data has 3 classes (a, b, c): set classes to 3 or leave it out'),
    );
  });
});
