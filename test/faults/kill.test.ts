import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultyRuns, recordOf, requireSound, resultOf } from './faultyRuns';
import { Random } from '../../src/core/random';

/** How many times a process is killed; `npm run test:faults` has it be a hundred. */
const KILLS = Number(process.env['THAW_KILLS'] ?? 5);

describe('a training process that is killed at random moments', function () {
  this.timeout(60_000 + KILLS * 15_000);
  const runs = new FaultyRuns();
  before(() => runs.prepare());
  after(() => runs.dispose());

  it(`${KILLS} times leaves a whole folder each time, and comes to what it would have come to`, async () => {
    const seed = Number(process.env['THAW_SEED'] ?? Date.now());
    const random = new Random(seed);
    const whole = runs.runFolder();
    const began = performance.now();
    await runs.finish(whole);
    const longest = performance.now() - began;
    const expected = await resultOf(whole);
    let folder = runs.runFolder();
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, ended } = runs.start(folder);
      // Often while it writes its first checkpoints, now and then far into the run.
      const wait = longest * (0.1 + 0.9 * random.uniform() ** 2);
      await Promise.race([sleep(wait), ended]);
      child.kill('SIGKILL');
      const { code } = await ended;
      await requireSound(folder);
      const { status } = await recordOf(folder);
      assert.ok(['crashed', 'completed'].includes(status), `${status} after kill ${kill} of seed ${seed}`);
      if (code === null && status === 'crashed') continue;
      assert.deepEqual(await resultOf(folder), expected, `seed ${seed}`);
      folder = runs.runFolder();
    }
    if ((await recordOf(folder)).status !== 'completed') await runs.finish(folder);
    assert.deepEqual(await resultOf(folder), expected, `seed ${seed}`);
  });
});
