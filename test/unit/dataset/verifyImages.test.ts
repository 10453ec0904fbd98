import assert from 'node:assert/strict';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyImages } from '../../../src/core/dataset/verifyImages';
import type { SkippedImage } from '../../../src/core/dataset/dataset';
import { finish, type Progress } from '../../../src/core/progress';
import { temporaryFolder, writeBomb, writeImages } from '../image/imageFiles';

describe('verifying images', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(async () => await remove());

  const verify = async (
    names: readonly string[],
    onProgress?: (progress: Progress) => void,
    signal = new AbortController().signal,
  ): Promise<readonly SkippedImage[]> => {
    const images = names.map(image => ({ image, file: join(folder, image) }));
    const cacheFile = join(folder, 'cache', 'verified.json');
    return (await finish(verifyImages(images, { cacheFile, signal }), onProgress)).skipped;
  };
  const truncate = async (name: string): Promise<void> => {
    const bytes = await readFile(join(folder, name));
    await writeFile(join(folder, name), bytes.subarray(0, bytes.length - 40));
  };

  it('lists those that cannot be read, in the order given, with reasons', async () => {
    await writeImages(folder, ['a.jpg', 'b.jpg', 'c.png']);
    await truncate('b.jpg');
    await writeFile(join(folder, 'd.jpg'), 'text');
    await writeBomb(join(folder, 'e.png'), 12_000);
    assert.deepEqual(await verify(['e.png', 'a.jpg', 'b.jpg', 'c.png', 'd.jpg', 'f.jpg']), [
      { image: 'e.png', reason: 'it has more than 100 million pixels' },
      { image: 'b.jpg', reason: 'the file is cut short' },
      { image: 'd.jpg', reason: 'its content is no JPEG, PNG, WebP, GIF, TIFF or AVIF' },
      { image: 'f.jpg', reason: 'there is no such file' },
    ]);
  });

  it('tells its progress up to the last image', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `${i}.png`);
    await writeImages(folder, names);
    const seen: Progress[] = [];
    await verify(names, progress => seen.push(progress));
    assert.deepEqual(seen[0], { task: 'Verifying images', done: 0, total: 20, unit: 'images' });
    assert.deepEqual(seen.at(-1), { task: 'Verifying images', done: 20, total: 20, unit: 'images' });
  });

  it('does not look again at files of the same size and time, and does at others', async () => {
    await writeImages(folder, ['a.png', 'b.png']);
    const file = join(folder, 'a.png');
    // Whole milliseconds, so that every file system keeps them as they are.
    const time = new Date(1_700_000_000_000);
    await utimes(file, time, time);
    assert.deepEqual(await verify(['a.png', 'b.png']), []);

    const { size } = await stat(file);
    await writeFile(file, Buffer.alloc(size));
    await utimes(file, time, time);
    assert.deepEqual(await verify(['a.png', 'b.png']), []);

    await utimes(file, time, new Date(1_700_000_001_000));
    const reason = 'its content is no JPEG, PNG, WebP, GIF, TIFF or AVIF';
    assert.deepEqual(await verify(['a.png', 'b.png']), [{ image: 'a.png', reason }]);
    assert.deepEqual(await verify(['a.png', 'b.png']), [{ image: 'a.png', reason }]);
  });

  for (const [what, content] of [
    ['cut short', '{"version":1,"fi'],
    ['of another version', '{"version":0,"files":[["FILE",[1,1,"bad"]]]}'],
    ['of odd rows', '{"version":1,"files":[7,["x"],["y",[1,2]],[null,null]]}'],
  ]) {
    it(`looks again when the cache is ${what}`, async () => {
      await writeImages(folder, ['a.png', 'cache/x.png']);
      await writeFile(join(folder, 'cache', 'verified.json'), content!);
      assert.deepEqual(await verify(['a.png']), []);
      const written = JSON.parse(await readFile(join(folder, 'cache', 'verified.json'), 'utf8')) as {
        files: [string, unknown][];
      };
      assert.deepEqual(
        written.files.map(([file]) => file),
        [join(folder, 'a.png')],
      );
    });
  }

  it('goes on without a cache that cannot be written', async () => {
    await writeImages(folder, ['a.png']);
    await writeFile(join(folder, 'cache'), 'a file where the folder would be');
    assert.deepEqual(await verify(['a.png']), []);
  });

  it('stops when told to, and keeps what it has found', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `${i % 3}.png`);
    await writeImages(folder, ['0.png', '1.png', '2.png']);
    const controller = new AbortController();
    const reason = new Error('stopped');
    let last = 0;
    await assert.rejects(
      async () =>
        await verify(
          names,
          ({ done }) => {
            last = done;
            controller.abort(reason);
          },
          controller.signal,
        ),
      reason,
    );
    assert.ok(last < 300);
    const cache = JSON.parse(await readFile(join(folder, 'cache', 'verified.json'), 'utf8')) as {
      files: unknown[];
    };
    assert.ok(cache.files.length >= 1);
  });
});
