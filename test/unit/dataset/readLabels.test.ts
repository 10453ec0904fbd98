import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readLabels } from '../../../src/core/dataset/readLabels';
import type { LabelledImages } from '../../../src/core/dataset/scanFolder';
import { finish } from '../../../src/core/progress';
import { UserError } from '../../../src/core/userError';
import { temporaryFolder } from '../image/imageFiles';

describe('reading labels from a CSV', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ folder, remove } = await temporaryFolder());
    for (const path of ['one.jpg', 'two.jpg', 'part/three.png', 'part/four.png']) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), '');
    }
  });
  afterEach(async () => await remove());

  const read = async (csv: string, columns: { image?: string; label?: string; group?: string } = {}) => {
    const file = join(folder, 'labels.csv');
    await writeFile(file, csv);
    const labels = { file, image: 'id', label: 'dx', group: undefined, ...columns };
    const data = { folder, test: 0.2, labels };
    return await finish(readLabels(data, labels, new AbortController().signal));
  };
  const labelled = ({ train }: LabelledImages): Record<string, string> =>
    Object.fromEntries(train.map(({ image, className }) => [image, className]));

  const all = { 'one.jpg': 'nv', 'two.jpg': 'mel', 'part/three.png': 'nv', 'part/four.png': 'mel' };
  const rows = ['one,nv', 'two.jpg,mel', 'three,nv', 'part/four,mel'];

  it('finds images by name or path, with or without extension', async () => {
    const result = await read(['id,dx', ...rows].join('\n'));
    assert.deepEqual(labelled(result), all);
    assert.deepEqual([result.test, result.skipped, result.notes], [undefined, [], []]);
    assert.equal(
      result.train.find(({ image }) => image === 'part/three.png')?.file,
      join(folder, 'part', 'three.png'),
    );
  });

  for (const [what, csv] of [
    ['semicolons', ['id;dx', ...rows].join('\n').replaceAll(',', ';')],
    ['tabs', ['id\tdx', ...rows].join('\n').replaceAll(',', '\t')],
    ['a byte order mark and Windows line ends', `\uFEFF${['id,dx', ...rows].join('\r\n')}\r\n`],
    ['quotes and other columns', ['"note, or none",id,dx', ...rows.map(row => `"a, b",${row}`)].join('\n')],
    ['backslashes in paths', ['id,dx', ...rows].join('\n').replaceAll('/', '\\')],
  ] as const) {
    it(`reads ${what}`, async () => assert.deepEqual(labelled(await read(csv)), all));
  }

  it('keeps the group of each image', async () => {
    const { train } = await read('id,dx,lesion\none,nv,L1\ntwo,nv,L1\nthree,mel,\nfour,mel,L2', {
      group: 'lesion',
    });
    assert.deepEqual(
      train.map(({ image, group }) => [image, group]),
      [
        ['one.jpg', 'L1'],
        ['two.jpg', 'L1'],
        ['part/three.png', undefined],
        ['part/four.png', 'L2'],
      ],
    );
  });

  it('notes rows without an image and images without a row', async () => {
    const { notes } = await read('id,dx\none,nv\nthree,mel\nfive,nv\nsix,nv\n,nv');
    assert.deepEqual(notes, [
      '3 rows of labels.csv without an image: five, six, (no name)',
      '2 images without a row in labels.csv, left out: two.jpg, part/four.png',
    ]);
  });

  it('skips images whose row does not say what they are, with reasons', async () => {
    await writeFile(join(folder, 'part', 'one.jpg'), '');
    await writeFile(join(folder, 'five.jpg'), '');
    const { train, skipped } = await read(
      'id,dx,g\none,nv,1\ntwo,nv,1\ntwo,mel,1\nthree,,2\nfive,nv,1\nfive,nv,2\nfour,mel,3\none.jpg,mel,4\npart/one.jpg,nv,5',
      { group: 'g' },
    );
    assert.deepEqual(
      train.map(({ image, className }) => [image, className]),
      [
        ['part/four.png', 'mel'],
        ['part/one.jpg', 'nv'],
      ],
    );
    assert.deepEqual(skipped, [
      { image: 'two.jpg', reason: 'it is labelled both nv and mel' },
      { image: 'part/three.png', reason: 'its row has no label' },
      { image: 'five.jpg', reason: 'it is in both group 1 and 2' },
      { image: 'one.jpg', reason: 'it is labelled both nv and mel' },
    ]);
  });

  it('skips a name that fits several images', async () => {
    await writeFile(join(folder, 'part', 'two.jpg'), '');
    await mkdir(join(folder, 'other'));
    await writeFile(join(folder, 'other', 'two.png'), '');
    await writeFile(join(folder, 'other', 'four.png'), '');
    const { skipped } = await read('id,dx\none,nv\nthree,mel\nfour,nv');
    const reason = 'several images have this name; the row must give the path below the data folder';
    assert.deepEqual(skipped, [{ image: 'four', reason }]);
  });

  const refusals: [
    what: string,
    csv: string,
    columns: { label?: string; group?: string },
    message: string,
  ][] = [
    [
      'a column that is not there, and names those that are',
      'id,diagnosis,age\none,nv,4',
      {},
      'data.labels.label: labels.csv has no column "dx", its columns are id, diagnosis, age',
    ],
    [
      'a misspelt column',
      'id,dx,lesion_id\none,nv,4',
      { group: 'lesionid' },
      'data.labels.group: labels.csv has no column "lesionid", its columns are id, dx, lesion_id; did you mean "lesion_id"?',
    ],
    [
      'an empty file',
      '',
      {},
      `data.labels.file: ${join('FOLDER', 'labels.csv')} is empty; its first row must name the columns`,
    ],
    [
      'labels of one class',
      'id,dx\none,nv\ntwo,nv',
      {},
      'FOLDER, labelled by labels.csv, holds images of only one class, nv: at least two classes are needed',
    ],
    [
      'rows that fit no image',
      'id,dx\nfive,nv\nsix,mel',
      {},
      'labels.csv names no image that is below FOLDER: its first row names five; the column "id" must hold file names or paths below that folder',
    ],
  ];
  for (const [what, csv, columns, message] of refusals) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(
        async () => await read(csv, columns),
        new UserError(message.replaceAll('FOLDER', folder)),
      );
    });
  }

  it('refuses a file that is no CSV', async () => {
    await assert.rejects(
      async () => await read('id,dx\n"one,nv\ntwo,mel'),
      /^UserError: data\.labels\.file: .* is not a CSV file: /,
    );
  });

  it('refuses a file that is not there', async () => {
    const labels = { file: join(folder, 'none.csv'), image: 'id', label: 'dx', group: undefined };
    await assert.rejects(
      async () =>
        await finish(readLabels({ folder, test: 0.2, labels }, labels, new AbortController().signal)),
      new UserError(`data.labels.file: ${labels.file} cannot be read: there is no such file`),
    );
  });
});
