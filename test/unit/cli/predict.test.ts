import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainedRun } from '../export/trainedRun';
import { thaw } from './runThaw';

describe('thaw predict on a folder', () => {
  let folder: string;
  let run: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-cli-predict-'));
    run = await trainedRun(folder);
    const deep = join(folder, 'new', 'deep');
    await mkdir(deep, { recursive: true });
    for (const name of ['=1+1.png', 'b, c.png'])
      await cp(join(folder, 'pictures', 'red', '00.png'), join(deep, name));
    await writeFile(join(deep, 'notes.txt'), 'no picture');
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('writes a table of all pictures below it, and replaces none', async () => {
    const csv = join(folder, 'table.csv');
    const { code, stdout } = await thaw(['predict', run, join(folder, 'new'), '--csv', csv]);
    assert.deepEqual([code, stdout], [0, `Wrote ${csv}: 2 images\n`]);
    const text = await readFile(csv, 'utf8');
    const [head, first, second, ...rest] = text.split('\r\n');
    assert.deepEqual([head, rest], ['image,predicted,blue,red', ['']]);
    assert.match(first!, /new\/deep\/=1\+1\.png,(blue|red),0\.\d+,0\.\d+$/);
    assert.match(second!, /^".*new\/deep\/b, c\.png",(blue|red),/);
    const again = await thaw(['predict', run, folder, '--csv', csv]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /table\.csv is there already; .* --force/);
    assert.equal(await readFile(csv, 'utf8'), text);
  });

  it('says that a folder has no pictures', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const { code, stderr } = await thaw(['predict', run, empty]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: The folder .*empty has no images in it, nor in its folders\.\n$/);
  });
});
