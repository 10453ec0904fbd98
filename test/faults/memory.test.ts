import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readEvents } from '../../src/core/run/eventLog';
import { FaultyRuns, recordOf, requireSound, resultOf, untilEpochs } from './faultyRuns';

describe('a training process that gets no more memory', function () {
  this.timeout(300_000);
  const runs = new FaultyRuns();
  before(() => runs.prepare());
  after(() => runs.dispose());

  it('leaves a whole folder, and goes on when there is memory again', async () => {
    // So many epochs that the process is sure to ask for memory before it has trained them.
    const fields = { augment: 'crop-flip', imageSize: 96, epochs: 40 };
    const whole = runs.runFolder(fields);
    await runs.finish(whole);
    const folder = runs.runFolder(fields);
    const { child, ended } = runs.start(folder);
    await untilEpochs(folder, 1);
    execFileSync('prlimit', ['--pid', String(child.pid), '--as=100000000']);
    const { code } = await ended;
    assert.notEqual(code, 0);
    const { status, ended: end } = await recordOf(folder);
    // Whether anybody can still say so, and who, depends on who asks for memory first.
    assert.ok(['crashed', 'failed'].includes(status), status);
    if (end) {
      assert.match(
        end.message!,
        /^The memory ran out\. Resume the run when|too small for a single picture: .* close what else uses|^The image \S+ can no longer be read: its content is damaged/,
      );
    }
    await requireSound(folder);
    await runs.finish(folder);
    await requireSameTraining(folder, whole);
  });
});

/** Not a bit differs before the run tells that a batch is computed in parts, and then no more than rounding. */
async function requireSameTraining(folder: string, whole: string): Promise<void> {
  const [result, expected] = [await resultOf(folder), await resultOf(whole)];
  const events = await readEvents(join(folder, 'events.jsonl'));
  const parted = events.findIndex(
    event => event.kind === 'note' && /gradients are added up/.test(event.message),
  );
  if (parted < 0) return assert.deepEqual(result, expected);
  const before = events.slice(0, parted).filter(({ kind }) => kind === 'phaseEnded').length;
  assert.deepEqual(result.phases.slice(0, before), expected.phases.slice(0, before));
  assert.equal(result.phases.length, expected.phases.length);
  const [next, same] = [result.phases[before]!, expected.phases[before]!];
  assert.ok(Math.abs(next.loss - same.loss) < 1e-4, `${next.loss}, not ${same.loss}`);
}
