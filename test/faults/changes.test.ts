import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readStartRequest } from '../../src/core/run/liveState';
import type { TrainingEvent } from '../../src/protocol/trainingEvent';
import { resumeRun } from '../../src/core/training/resumeRun';
import { UserError } from '../../src/core/userError';
import { FaultyRuns, recordOf, requireSound, resultOf, untilEpochs } from './faultyRuns';

describe('a run whose files change under it', function () {
  this.timeout(240_000);
  const runs = new FaultyRuns();
  before(() => runs.prepare());
  after(() => runs.dispose());

  /** New crops in every epoch: each picture is read each time. */
  const reading = { augment: 'crop-flip', epochs: 5 };

  async function stopped(fields: object = {}): Promise<string> {
    const folder = runs.runFolder({ epochs: 4, ...fields });
    const { child, ended } = runs.start(folder);
    await untilEpochs(folder, 2);
    child.kill('SIGTERM');
    await ended;
    return folder;
  }

  for (const [what, change] of [
    ['removed', (picture: string) => rmSync(picture)],
    ['replaced by something else', (picture: string) => writeFileSync(picture, 'no picture')],
    ['cut off', (picture: string) => truncateSync(picture, 2_000)],
  ] as const) {
    it(`says which image was ${what}, and goes on when it is back`, async () => {
      const picture = join(runs.workspace, 'data', 'red', '07.png');
      const kept = join(runs.workspace, 'kept.png');
      cpSync(picture, kept);
      const whole = runs.runFolder(reading);
      await runs.finish(whole);
      const folder = runs.runFolder(reading);
      const { ended } = runs.start(folder);
      await untilEpochs(folder, 1);
      change(picture);
      const { code, log } = await ended;
      assert.deepEqual([code, log], [1, '']);
      const run = await recordOf(folder);
      assert.equal(run.status, 'failed');
      assert.match(run.ended!.message!, /^The image red\/07\.png can no longer be read: .*restore it/);
      assert.ok(run.ended!.bestEpoch >= 0);
      await requireSound(folder);

      assert.equal((await runs.start(folder).ended).code, 1);
      const again = await recordOf(folder);
      assert.match(again.ended!.message!, /^The images have changed since the run .*\(1 fewer\)/);
      assert.equal(again.ended!.bestEpoch, run.ended!.bestEpoch);
      renameSync(kept, picture);
      await runs.finish(folder);
      assert.deepEqual(await resultOf(folder), await resultOf(whole));
    });
  }

  it('is trained as its recipe was, whatever becomes of that meanwhile', async () => {
    const whole = runs.runFolder({ epochs: 4 });
    await runs.finish(whole);
    const folder = await stopped();
    writeFileSync(join(folder, 'start.json'), '{"recipe": 7');
    await runs.finish(folder);
    assert.deepEqual(await resultOf(folder), await resultOf(whole));
  });

  for (const [what, change] of [
    [
      'edited',
      (recipe: string) =>
        writeFileSync(recipe, '{ "data": { "folder": "data" }, "model": "vgg16", "epochs": 1 }'),
    ],
    ['deleted', (recipe: string) => rmSync(recipe)],
  ] as const) {
    it(`keeps its own recipe where the file that it was started from is ${what}, and goes on by that`, async () => {
      const fields = { epochs: 4 };
      const whole = runs.runFolder(fields);
      await runs.finish(whole);
      const folder = runs.runFolder(fields);
      const { recipe, recipeFile } = readStartRequest(folder)!;
      writeFileSync(recipeFile, recipe);
      const { child, ended } = runs.start(folder);
      await untilEpochs(folder, 1);
      const own = readFileSync(join(folder, 'recipe.json'), 'utf8');
      change(recipeFile);
      await untilEpochs(folder, 2);
      child.kill('SIGKILL');
      await ended;
      await runs.finish(folder);
      assert.deepEqual(await resultOf(folder), await resultOf(whole));
      assert.equal(readFileSync(join(folder, 'recipe.json'), 'utf8'), own);
      assert.equal(existsSync(recipeFile), what === 'edited');
      rmSync(recipeFile, { force: true });
    });
  }

  it('goes on, or says why it cannot, whichever of its files is cut off and wherever', async () => {
    const folder = await stopped();
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
      statSync(join(folder, name)).isFile(),
    );
    const outcomes = new Map<string, string>();
    for (const name of names) {
      const { size } = statSync(join(folder, name));
      for (const length of new Set([0, 1, size >> 1, Math.max(0, size - 2)])) {
        const cut = join(runs.workspace, 'cut');
        cpSync(folder, cut, { recursive: true });
        truncateSync(join(cut, name), length);
        await recordOf(cut);
        outcomes.set(
          `${name.replace(/\d+/, 'n')} at ${length === 0 ? 'its beginning' : length}`,
          await outcome(cut),
        );
        rmSync(cut, { recursive: true });
      }
    }
    for (const [what, how] of outcomes) {
      const expected = /^(recipe|last)/.test(what) ? /^refused: .*(is damaged|is not right)/ : /^completed/;
      assert.match(how, expected, what);
    }
    assert.ok(outcomes.size >= 25, `${outcomes.size}`);
  });

  async function outcome(folder: string): Promise<string> {
    let last: TrainingEvent | undefined;
    try {
      for await (const event of resumeRun(folder, { signal: new AbortController().signal })) last = event;
    } catch (error) {
      if (error instanceof UserError) return `refused: ${error.message}`;
      throw error;
    }
    await requireSound(folder);
    return last?.kind === 'runEnded' ? last.status : 'no end';
  }

  for (const [name, text] of [
    ['start.json', ''],
    ['start.json', 'null'],
    ['start.json', '{"name":1,"recipeFile":2,"recipe":3,"version":4,"requested":5}'],
    ['start.json', `{"name":"x","recipeFile":"/x.json","recipe":"[[[[","version":"0","requested":5}`],
    ['start.json', '\u0000'.repeat(1000)],
    ['recipe.json', 'null'],
    ['recipe.json', '{}'],
    ['recipe.json', '{"resolved":{"classes":7}}'],
  ] as const) {
    it(`says that its ${name} is wrong: ${JSON.stringify(text.slice(0, 40))}`, async () => {
      const folder = runs.runFolder();
      writeFileSync(join(folder, name), text);
      const { code, log } = await runs.start(folder).ended;
      assert.deepEqual([code, log], [1, '']);
      const run = await recordOf(folder);
      assert.equal(run.status, 'failed');
      assert.match(run.ended!.message!, /start\.json|recipe\.json|recipe x\.json/i);
      assert.equal(readFileSync(join(folder, name), 'utf8'), text);
    });
  }
});
