import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findModel } from '../../../src/core/model/catalog';
import { resolveFreeze } from '../../../src/core/model/freezeSet';
import { composeCell } from '../../../src/core/notebook/composeCell';
import { readThawDocument, writeThawDocument } from '../../../src/core/notebook/thawDocument';
import { prepareFourCases } from '../../../src/core/demo/fourCases';
import { finish, type Work } from '../../../src/core/progress';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { temporaryFolder } from '../weights/temporaryFolder';

const SAMPLE = join(__dirname, '../../../samples/four-cases.thaw');
const signal = new AbortController().signal;

describe('the notebook of the four cases', () => {
  const folder = temporaryFolder();
  let fetched = 0;
  async function* fetch(): Work<string> {
    fetched++;
    const data = folder.path('data');
    await mkdir(join(data, 'images'), { recursive: true });
    yield { task: 'Fetching', done: 0, total: undefined, unit: 'bytes' };
    const rows = Array.from(
      { length: 15 },
      (_, index) => `images/${index}.png,${index % 3 ? 'functional' : 'defective'}`,
    );
    for (let index = 0; index < 15; index++)
      await writeFile(join(data, 'images', `${index}.png`), `${index}`);
    await writeFile(join(data, 'labels.csv'), ['image,label', ...rows, ''].join('\n'));
    return data;
  }

  it('gets its photographs beside it, few and many, and stays as it is once it is there', async () => {
    const place = folder.path('place');
    const path = await finish(prepareFourCases(place, SAMPLE, { signal, fetch }));
    assert.equal(path, join(place, 'four-cases.thaw'));
    assert.deepEqual(await readFile(path), await readFile(SAMPLE));
    const names = async (...below: readonly string[]): Promise<readonly string[]> =>
      (await readdir(join(place, 'solar-cells', ...below))).sort();
    assert.deepEqual(await names('few', 'functional'), ['14.png', '7.png']);
    assert.deepEqual(await names('few', 'defective'), ['0.png']);
    assert.deepEqual(
      [(await names('many', 'functional')).length, (await names('many', 'defective')).length],
      [10, 5],
    );
    assert.deepEqual((await readdir(place)).sort(), ['four-cases.thaw', 'solar-cells']);

    await writeFile(path, 'mine');
    await finish(prepareFourCases(place, SAMPLE, { signal, fetch }));
    assert.equal(await readFile(path, 'utf8'), 'mine');
    assert.equal(fetched, 1);
  });

  it('is written as a notebook is saved, its cells right, its layers there', async () => {
    const bytes = await readFile(SAMPLE);
    const { cells } = readThawDocument(bytes);
    assert.deepEqual(Buffer.from(writeThawDocument({ cells })), bytes);
    const names = cells.flatMap(({ kind }, index) => {
      if (kind === 'markdown') return [];
      const { name, problems, runs } = composeCell(cells, index, { weightsOf: () => 'best.safetensors' });
      assert.deepEqual(problems, []);
      for (const { text } of runs) {
        const { model, freeze } = parseRecipe(text, { folder: '/notebooks' });
        resolveFreeze(findModel(model).root, freeze);
      }
      return [name];
    });
    assert.deepEqual(names, ['case 1', 'case 2', 'case 3', 'case 4', 'case 2, further', 'learning rates']);
  });
});
