import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEvents } from '../../../src/core/run/eventLog';
import { tinyPictures } from '../training/tinyPictures';
import { eventsIn, quickRecipe, startThaw, thaw } from './runThaw';

describe('thaw resume', () => {
  let folder: string;
  let recipe: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-resume-'));
    await tinyPictures(join(folder, 'two'), ['blue', 'red'], 20);
    recipe = join(folder, 'quick.thaw.json');
    await writeFile(recipe, JSON.stringify({ ...quickRecipe, epochs: 10 }));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Trains until a checkpoint is there, then has the process end by a signal. */
  async function interrupted(out: string, signal: NodeJS.Signals): Promise<void> {
    const { child, ended } = startThaw(['train', recipe, '--out', out]);
    while (!existsSync(join(out, 'last', 'checkpoint.json'))) await sleep(10);
    await sleep(100);
    child.kill(signal);
    await ended;
  }
  const phases = async (run: string) =>
    (await readEvents(join(run, 'events.jsonl'))).flatMap(event =>
      event.kind === 'phaseEnded' ? [{ ...event, seconds: 0 }] : [],
    );

  it('goes on after Ctrl-C and after a kill, to the weights and curves of a run without them', async () => {
    const whole = join(folder, 'whole');
    assert.equal((await thaw(['train', recipe, '--out', whole])).code, 0);
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const run = join(folder, signal);
      await interrupted(run, signal);
      assert.ok((await phases(run)).length < 20);
      const { code, stdout } = await thaw(['resume', run]);
      assert.equal(code, 0);
      assert.match(stdout, /\nResumed (with|in) epoch \d+.*\nEngine: .*\nRun: .*\n/);
      assert.match(stdout, /\nEpoch 9\/9\n/);
      assert.deepEqual(await phases(run), await phases(whole));
      const [one, other] = await Promise.all(
        [run, whole].map(each => readFile(join(each, 'best.safetensors'))),
      );
      assert.ok(one!.equals(other!));
    }
  });

  it('takes the name of a run below .thaw/runs, says with --json what happens, and refuses a complete one', async () => {
    await thaw([
      'train',
      recipe,
      '--set',
      'epochs=1',
      '--out',
      join(folder, 'named', '.thaw', 'runs', 'mine'),
    ]);
    const inFolder = { cwd: join(folder, 'named') };
    const { code, stderr } = await startThaw(['resume', 'mine'], {}, inFolder).ended;
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*mine is complete: nothing of it is left to train\./);
    const run = join(folder, 'json');
    await interrupted(run, 'SIGINT');
    const kinds = eventsIn((await thaw(['resume', run, '--json'])).stdout).map(({ kind }) => kind);
    assert.ok(kinds.includes('runResumed') && kinds.at(-1) === 'runEnded');
  });

  it('goes on with another engine where it is told to, and says so', async () => {
    const whole = join(folder, 'whole');
    const run = join(folder, 'other');
    await interrupted(run, 'SIGINT');
    const { code, stdout } = await thaw(['resume', run, '--engine', 'wasm']);
    assert.equal(code, 0);
    assert.match(stdout, /The run began with tensorflow .* and goes on with wasm .*last digits\./);
    const [found, expected] = [await phases(run), await phases(whole)];
    assert.equal(found.length, 20);
    for (const [i, { loss }] of expected.entries()) {
      assert.ok(Math.abs(found[i]!.loss - loss) < 1e-3 * loss, `loss ${found[i]!.loss}, not ${loss}`);
    }
  });

  it('refuses what it cannot go on with', async () => {
    const { code, stderr } = await thaw(['resume', folder]);
    assert.deepEqual([code, /is not a run folder/.test(stderr)], [1, true]);
    assert.match((await thaw(['resume'])).stderr, /Name one run folder: thaw resume RUN/);
  });
});
