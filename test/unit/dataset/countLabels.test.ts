import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countLabels, labelColumns } from '../../../src/core/dataset/countLabels';

describe('a file of labels, looked at', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-labels-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function labels(text: string): Promise<string> {
    const file = join(folder, 'labels.csv');
    await writeFile(file, text);
    return file;
  }
  const count = async (text: string, column = 'dx') => [
    ...(await countLabels(await labels(text), column, new AbortController().signal)),
  ];

  it('names its columns', async () => {
    assert.deepEqual(await labelColumns(await labels('\uFEFFid; dx ;"a;b"\n1;nv;x\n')), ['id', 'dx', 'a;b']);
    assert.deepEqual(await labelColumns(await labels('')), []);
  });

  it('counts the rows of each label, in alphabetical order', async () =>
    assert.deepEqual(await count('id,dx\n1,nv\n2,mel\n\n3,nv\n4,\n5, nv \n'), [
      ['mel', 1],
      ['nv', 3],
    ]));

  it('counts more rows than fit in one read', async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => `image_${index},${index % 4 === 0 ? 'a' : 'b'}`,
    );
    assert.deepEqual(await count(`id,dx\n${rows.join('\n')}`), [
      ['a', 5000],
      ['b', 15_000],
    ]);
  });

  it('refuses a column that is not there', () =>
    assert.rejects(count('id,dx\n1,nv\n', 'label'), {
      name: 'UserError',
      message: 'labels.csv has no column "label"',
    }));

  it('refuses a file that is not CSV', () =>
    assert.rejects(count('id,dx\n1,"nv\n'), {
      name: 'UserError',
      message: /^labels\.csv is not a CSV file: /,
    }));

  it('refuses a file that is not there', () =>
    assert.rejects(labelColumns(join(folder, 'none.csv')), {
      name: 'UserError',
      message: `${join(folder, 'none.csv')} cannot be read: there is no such file`,
    }));

  it('ends when it is told to', async () => {
    const file = await labels('id,dx\n1,nv\n');
    await assert.rejects(countLabels(file, 'dx', AbortSignal.abort(new Error('enough'))), /enough/);
  });
});
