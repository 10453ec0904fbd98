import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEvents } from '../../../src/core/run/eventLog';
import { readPredictions } from '../../../src/core/run/predictions';
import { readRunSettings } from '../../../src/core/run/runFolder';
import { trainedRun } from '../export/trainedRun';

describe('a run with corrected labels', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'thaw-corrected-'))));
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('trains on them, and says how many there are', async () => {
    const file = join(folder, 'pictures', 'corrections.csv');
    const before = await readPredictions(join(await trainedRun(folder), 'best.predictions.jsonl'));
    const [moved, gone] = ['blue', 'red'].map(name => before.find(({ label }) => label === name)!.image);
    await writeFile(file, `image,label\n${moved},red\n${gone},\n`);
    await rm(join(folder, 'run'), { recursive: true });

    const run = await trainedRun(folder);
    const { resolved } = await readRunSettings(run);
    assert.deepEqual(resolved.corrections, { file, relabelled: 1, excluded: 1 });
    const notes = (await readEvents(join(run, 'events.jsonl'))).flatMap(event =>
      event.kind === 'note' ? [event.message] : [],
    );
    assert.ok(notes.includes('corrections.csv: 1 image was relabelled and 1 was excluded'), notes.join('\n'));
    const after = await readPredictions(join(run, 'best.predictions.jsonl'));
    const labels = after.map(({ image, label }) => `${image} ${label}`);
    const others = before.filter(({ image }) => image !== moved && image !== gone);
    const expected = [`${moved} red`, ...others.map(({ image, label }) => `${image} ${label}`)];
    assert.deepEqual(labels.sort(), expected.sort());
  });

  it('is not begun where a line is wrong', async () => {
    await mkdir(join(folder, 'pictures'));
    await writeFile(join(folder, 'pictures', 'corrections.csv'), 'image,label\nblue/00.png,green\n');
    await assert.rejects(trainedRun(folder), /^UserError: corrections\.csv, line 2: there is no class green/);
  });
});
