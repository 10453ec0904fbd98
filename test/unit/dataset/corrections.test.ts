import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCorrections, withCorrection } from '../../../src/core/dataset/corrections';
import type { Dataset } from '../../../src/core/dataset/dataset';
import { loadDataset } from '../../../src/core/dataset/loadDataset';
import { finish } from '../../../src/core/progress';
import { UserError } from '../../../src/core/userError';
import { correctionText } from '../../../src/protocol/correctionText';
import { temporaryFolder, writeImages } from '../image/imageFiles';

const FILE = '/data/corrections.csv';
const refused = (text: string, message: string): void =>
  assert.throws(() => parseCorrections(text, FILE), new UserError(message));

describe('a file of corrections', () => {
  it('says of each image what it is, or that it is left out', () => {
    assert.deepEqual(parseCorrections('image,label\ncats/1.jpg,dogs\n"a, b.png",\n', FILE), [
      { image: 'cats/1.jpg', label: 'dogs', line: 2 },
      { image: 'a, b.png', label: '', line: 3 },
    ]);
  });

  it('may be written by hand, on Windows, and have more columns', () => {
    const text = '\ufeffimage, label, why\r\n\r\n.\\cats\\1.jpg, dogs, it barks\r\n';
    assert.deepEqual(parseCorrections(text, FILE), [{ image: 'cats/1.jpg', label: 'dogs', line: 3 }]);
  });

  it('is refused by the line that is wrong', () => {
    refused(
      'cats/1.jpg,dogs\n',
      'corrections.csv is no file of corrections: its first line must be image,label',
    );
    refused('', 'corrections.csv is no file of corrections: its first line must be image,label');
    refused(
      'image,label\n,dogs\n',
      'corrections.csv, line 2: no image is named; write its path below the data folder',
    );
    refused(
      'image,label\na.png,x\nb.png,x\n./a.png,y\n',
      'corrections.csv, line 4: a.png is in line 2 already; keep one of the two',
    );
    assert.throws(
      () => parseCorrections('image,label\n"a.png,x\n', FILE),
      /corrections\.csv is not a CSV file: /,
    );
  });

  it('may have what keeps spreadsheets from taking a name for a formula', () => {
    assert.deepEqual(parseCorrections("image,label\n'=1+1.png,'-x\n", FILE), [
      { image: '=1+1.png', label: '-x', line: 2 },
    ]);
  });

  it('takes one more, changes it and takes it back; other lines stay', () => {
    const one = withCorrection('', FILE, 'cats/1.jpg', 'dogs');
    assert.equal(one, 'image,label\ncats/1.jpg,dogs\n');
    const two = withCorrection(one, FILE, 'a, "b".png', '');
    assert.equal(two, 'image,label\ncats/1.jpg,dogs\n"a, ""b"".png",\n');
    assert.equal(withCorrection(two, FILE, 'cats/1.jpg', ''), 'image,label\ncats/1.jpg,\n"a, ""b"".png",\n');
    assert.equal(withCorrection(two, FILE, 'a, "b".png', undefined), one);
    const explained = 'image,label,why\r\nb,x,it barks\r\n';
    assert.equal(withCorrection(explained, FILE, 'c', 'y'), `${explained}c,y\r\n`);
    assert.equal(withCorrection(explained, FILE, 'b', ''), 'image,label,why\r\nb,,it barks\r\n');
  });

  it('gives back every name that it was given', () => {
    for (const name of ['=1+1.png', '-x/y.png', '@a', ' b .png', "'c", 'd\ne', 'ü"']) {
      const text = withCorrection('', FILE, name, name);
      const [{ image, label } = { image: '', label: '' }] = parseCorrections(text, FILE);
      assert.deepEqual([image, label], [name, name], text);
    }
  });

  it('is not overwritten where it is damaged', () => {
    assert.throws(() => withCorrection('my notes\n', FILE, 'a.png', 'x'), /is no file of corrections/);
  });

  it('is told in numbers', () => {
    assert.equal(correctionText(0, 0), '');
    assert.equal(correctionText(1, 0), '1 image was relabelled');
    assert.equal(correctionText(0, 3), '3 images were excluded');
    assert.equal(correctionText(2, 1), '2 images were relabelled and 1 was excluded');
  });
});

describe('a dataset with corrections', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    const numbered = (className: string) => Array.from({ length: 8 }, (_, i) => `data/${className}/${i}.png`);
    await writeImages(folder, [...numbered('ants'), ...numbered('bees')]);
  });
  afterEach(async () => await remove());

  const load = async (corrections?: string): Promise<Dataset> => {
    const data = { folder: join(folder, 'data'), test: 0.25, labels: undefined, corrections };
    const { signal } = new AbortController();
    return finish(loadDataset(data, { seed: 0, cacheFolder: join(folder, 'cache'), signal }));
  };
  const correct = (...lines: readonly string[]): Promise<void> =>
    writeFile(join(folder, 'data/corrections.csv'), ['image,label', ...lines].join('\n'));
  const named = ({ train, test, classes }: Dataset) =>
    [train, test].map(phase => phase.map(({ image, label }) => `${image} ${classes[label]}`));

  it('has other labels, and keeps every other image in its phase', async () => {
    const before = await load();
    const [tested, other] = before.test.map(({ image }) => image);
    const trained = before.train[0]!.image;
    await correct(`${tested},bees`, `${trained},`);
    const after = await load();
    assert.deepEqual(
      after.test.map(({ image }) => image),
      before.test.map(({ image }) => image),
    );
    assert.deepEqual(
      after.train.map(({ image }) => image),
      before.train.map(({ image }) => image).filter(image => image !== trained),
    );
    assert.ok(named(after)[1]!.includes(`${tested} bees`));
    assert.ok(named(after)[1]!.includes(`${other} ants`));
    const file = join(folder, 'data/corrections.csv');
    assert.deepEqual(after.corrections, { file, relabelled: 1, excluded: 1 });
    assert.deepEqual(after.notes, ['corrections.csv: 1 image was relabelled and 1 was excluded']);
  });

  it('says nothing of a file that changes nothing', async () => {
    await correct('ants/0.png,ants');
    const { notes, corrections } = await load();
    assert.deepEqual([notes, corrections?.relabelled, corrections?.excluded], [[], 0, 0]);
  });

  it('takes them from where the recipe says, which must be there', async () => {
    await mkdir(join(folder, 'else'));
    const file = join(folder, 'else', 'mine.csv');
    await assert.rejects(
      load(file),
      new UserError(`data.corrections: there is no file ${file}; leave the field out until there is one`),
    );
    await writeFile(file, 'image,label\nants/0.png,bees\n');
    assert.equal((await load(file)).corrections?.relabelled, 1);
  });

  it('is refused by the line of an image or a class that is not there', async () => {
    const rejects = async (message: string, ...lines: readonly string[]): Promise<void> => {
      await correct(...lines);
      await assert.rejects(load(), new UserError(message));
    };
    await rejects(
      'corrections.csv, line 3: the data has no image ants/0.jpg (did you mean ants/0.png?); write its path below the data folder, or take the line out',
      ...['ants/1.png,bees', 'ants/0.jpg,bees'],
    );
    await rejects(
      'corrections.csv, line 2: there is no class bee (did you mean bees?); the classes are ants, bees',
      'ants/0.png,bee',
    );
    const all = Array.from({ length: 8 }, (_, i) => `ants/${i}.png,`);
    await rejects(
      'corrections.csv leaves the class ants without an image in the train phase: take a line out, or add images of it',
      ...all,
    );
  });
});
