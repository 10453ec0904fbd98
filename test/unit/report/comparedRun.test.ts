import { strict as assert } from 'node:assert';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readComparedRun } from '../../../src/core/report/comparedRun';
import { WrittenRuns } from './writtenRuns';

describe('a run that is read to be compared', () => {
  const runs = new WrittenRuns();
  const written = () =>
    runs.write([
      [0, 0, 0.9],
      [1, 0, 0.8],
    ]);

  it('has its figures as the report tells them', async () => {
    const { best, problem } = await readComparedRun(await written());
    assert.equal(problem, undefined);
    assert.deepEqual([best!.accuracy, best!.samples], [0.5, 2]);
    assert.deepEqual(best!.numbers.slice(0, 2), [
      { name: 'Test accuracy', text: '50.00%' },
      { name: '95% interval', text: '9.45% to 90.55%' },
    ]);
  });

  it('tells its recipe where it has no best epoch', async () => {
    const folder = await written();
    await rm(join(folder, 'best.predictions.jsonl'));
    const { settings, best, problem } = await readComparedRun(folder);
    assert.equal(settings!.recipe.model, 'resnet18');
    assert.equal(best, undefined);
    assert.match(problem!, /^This run has no best epoch yet/);
  });

  it('says what is damaged, and that its folder is gone', async () => {
    const folder = await written();
    await writeFile(join(folder, 'best.predictions.jsonl'), '{"image":');
    assert.match((await readComparedRun(folder)).problem!, /is damaged in line 1\.$/);
    await writeFile(join(folder, 'recipe.json'), '{');
    const { settings, problem } = await readComparedRun(folder);
    assert.equal(settings, undefined);
    assert.match(problem!, /recipe\.json is damaged/);
    await rm(folder, { recursive: true });
    assert.equal((await readComparedRun(folder)).problem, 'Its run folder is gone.');
  });
});
