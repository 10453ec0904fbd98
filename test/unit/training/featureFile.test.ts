import assert from 'node:assert/strict';
import { readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { FeatureCache, gatherFeatures } from '../../../src/core/engine/featureCache';
import {
  FeatureFile,
  featureFileBytes,
  FeatureFileWriter,
  type FeatureDescription,
} from '../../../src/core/training/featureFile';
import { temporaryFolder } from '../weights/temporaryFolder';

describe('A file of features', () => {
  const folder = temporaryFolder();
  const description: FeatureDescription = {
    ...{ key: 'weights and cut', shapes: [[2], [1, 1, 3]], pictures: 3 },
    precision: 'float32',
  };
  const { signal } = new AbortController();

  async function write(name: string, what = description): Promise<string> {
    const file = folder.path(name, 'a.features');
    const writer = await FeatureFileWriter.create(file, what);
    const features = (...pictures: number[]) => [
      { shape: [2], values: Float32Array.from(pictures.flatMap(p => [p, p + 0.5])) },
      { shape: [1, 1, 3], values: Float32Array.from(pictures.flatMap(p => [-p, -p, -p])) },
    ];
    await writer.append(features(1, 2), 2);
    await writer.append(features(3), 1);
    await writer.finish();
    return file;
  }
  const isThere = async (file: string, wanted = description): Promise<boolean> => {
    const found = await FeatureFile.open(file, wanted, signal);
    await found?.close();
    return found !== undefined;
  };

  it('gives back each picture, from the disk and from memory', async () => {
    const file = await write('whole');
    const cache = new FeatureCache(description, 3);
    const opened = await FeatureFile.open(file, description, signal, cache);
    for (const source of [opened!, cache]) {
      const [first, second] = await gatherFeatures([2, 0], () => source);
      assert.deepEqual(Array.from(first!.values), [3, 3.5, 1, 1.5]);
      assert.deepEqual(Array.from(second!.values), [-3, -3, -3, -1, -1, -1]);
    }
    await opened!.close();
    assert.equal((await readFile(file)).length, featureFileBytes(description));
    assert.deepEqual(await readdir(folder.path('whole')), ['a.features']);
  });

  it('takes two bytes for a value in bfloat16, and gives back what memory would', async () => {
    const short = { ...description, precision: 'bfloat16' } as const;
    const file = await write('short', short);
    const cache = new FeatureCache(short, 3);
    const opened = await FeatureFile.open(file, short, signal, cache);
    for (const source of [opened!, cache]) {
      const [first, second] = await gatherFeatures([2, 0], () => source);
      assert.deepEqual(Array.from(first!.values), [3, 3.5, 1, 1.5]);
      assert.deepEqual(Array.from(second!.values), [-3, -3, -3, -1, -1, -1]);
    }
    await opened!.close();
    assert.equal(featureFileBytes(description) - featureFileBytes(short), 3 * 5 * 2 - 1);
    assert.equal(await isThere(file), false);
  });

  it('is not taken for another', async () => {
    const file = await write('other');
    assert.equal(await isThere(file), true);
    assert.equal(await isThere(file, { ...description, key: 'weights and kut' }), false);
    assert.equal(await isThere(file, { ...description, pictures: 4 }), false);
    assert.equal(await isThere(folder.path('other', 'b.features')), false);
  });

  it('is not trusted when any byte of it has changed, or when it is cut short', async () => {
    const file = await write('damaged');
    const whole = await readFile(file);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      await writeFile(file, damaged);
      assert.equal(await isThere(file), false, `byte ${at}`);
    }
    await writeFile(file, whole);
    await truncate(file, whole.length - 1);
    assert.equal(await isThere(file), false);
  });

  it('says what to do when it is damaged while in use', async () => {
    const file = await write('inUse');
    const opened = await FeatureFile.open(file, description, signal);
    await truncate(file, featureFileBytes(description) - 5);
    await assert.rejects(
      gatherFeatures([2], () => opened!),
      { name: 'UserError', message: /damaged while they were in use; delete that file and start again/ },
    );
    await opened!.close();
  });

  it('leaves nothing when it is given up', async () => {
    const writer = await FeatureFileWriter.create(folder.path('abandoned', 'a.features'), description);
    await writer.abandon();
    assert.deepEqual(await readdir(folder.path('abandoned')), []);
  });

  describe('that a pass has left unfinished', () => {
    const long = { ...description, shapes: [[2]], pictures: 7 };
    const features = (first: number, pictures: number) => [
      { shape: [2], values: Float32Array.from({ length: 2 * pictures }, (_, i) => 2 * first + i) },
    ];
    const goOn = (file: string, cache?: FeatureCache, what: FeatureDescription = long) =>
      FeatureFileWriter.goOn(file, what, 2, signal, cache);

    async function left(name: string, pictures: number): Promise<string> {
      const file = folder.path(name, 'a.features');
      const writer = await FeatureFileWriter.create(file, long);
      if (pictures > 0) await writer.append(features(0, pictures), pictures);
      await writer.leave();
      return file;
    }

    for (const [there, from] of [
      [4, 4],
      [5, 4],
      [7, 7],
    ] as const) {
      it(`is gone on with after its last whole batch: ${there} pictures, in batches of 2`, async () => {
        const file = await left(`left-${there}`, there);
        const cache = new FeatureCache(long, 7);
        const writer = await goOn(file, cache);
        assert.equal(writer!.pictures, from);
        const rest = features(from, 7 - from);
        if (from < 7) await writer!.append(rest, 7 - from);
        cache.put([4, 5, 6].slice(from - 4), rest);
        await writer!.finish();
        assert.deepEqual(await readdir(folder.path(`left-${there}`)), ['a.features']);
        const opened = await FeatureFile.open(file, long, signal);
        for (const source of [opened!, cache]) {
          const [all] = await gatherFeatures([0, 1, 2, 3, 4, 5, 6], () => source);
          assert.deepEqual(Array.from(all!.values), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        }
        await opened!.close();
      });
    }

    it('is gone on with before the first byte that has changed', async () => {
      const file = await left('left-damaged', 6);
      const bytes = await readFile(`${file}.left`);
      bytes[bytes.length - 20]! ^= 1;
      await writeFile(`${file}.left`, bytes);
      const writer = await goOn(file);
      assert.equal(writer!.pictures, 4);
      await writer!.abandon();
    });

    it('is deleted where it is of something else, or has no whole batch', async () => {
      const other = await left('left-other', 6);
      assert.equal(await goOn(other, undefined, { ...long, key: 'weights and kut' }), undefined);
      const short = await left('left-short', 1);
      assert.equal(await goOn(short), undefined);
      for (const name of ['left-other', 'left-short']) assert.deepEqual(await readdir(folder.path(name)), []);
    });

    it('stays where it was when the next pass is stopped before it goes on', async () => {
      const file = await left('left-stopped', 6);
      const stopped = AbortSignal.abort(new Error('enough'));
      await assert.rejects(FeatureFileWriter.goOn(file, long, 2, stopped), { message: 'enough' });
      const writer = await goOn(file);
      assert.equal(writer!.pictures, 6);
      await writer!.abandon();
    });

    it('is not left at all without a picture', async () => {
      await left('left-empty', 0);
      assert.deepEqual(await readdir(folder.path('left-empty')), []);
    });

    it('is not taken from a process that still writes it, nor through a link', async () => {
      const file = folder.path('written', 'a.features');
      const writer = await FeatureFileWriter.create(file, long);
      await writer.append(features(0, 6), 6);
      assert.equal(await goOn(file), undefined);
      await writer.finish();
      const target = await left('target', 6);
      await symlink(`${target}.left`, `${file}.left`);
      assert.equal(await goOn(file), undefined);
      assert.equal((await readdir(folder.path('target'))).length, 1);
    });
  });
});
