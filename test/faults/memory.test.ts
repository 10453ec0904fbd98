import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { FaultyRuns, recordOf, requireSound, resultOf, untilEpochs } from './faultyRuns';

describe('a training process that gets no more memory', function () {
  this.timeout(120_000);
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
        /^The memory ran out\. Resume the run when|too small for a single picture: .* close what else uses/,
      );
    }
    await requireSound(folder);
    await runs.finish(folder);
    assert.deepEqual(await resultOf(folder), await resultOf(whole));
  });
});
