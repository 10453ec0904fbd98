import assert from 'node:assert/strict';
import { bestRun, bestWeightsOf } from '../../../src/core/notebook/bestRun';
import type { RunOutput, RunReference } from '../../../src/protocol/notebookOutput';

function run(folder: string, bestEpoch?: number, bestAccuracy = 0): RunReference {
  if (bestEpoch === undefined) return { folder, name: folder };
  const summary = {
    status: 'cancelled',
    model: 'vgg16',
    epochs: 3,
    bestEpoch,
    bestAccuracy,
    seconds: 1,
  } as const;
  return { folder, name: folder, summary };
}
const output = (...runs: readonly RunReference[]): RunOutput => ({ version: 1, runs });

describe('the best run of a cell', () => {
  it('is the most accurate of those that have ended, the first of equals', () => {
    const all = output(run('live'), run('a', 2, 0.5), run('b', 0, 0.75), run('c', 1, 0.75), run('none', -1));
    assert.equal(bestRun(all)!.folder, 'b');
    assert.equal(bestWeightsOf(all), 'b/best.safetensors');
  });

  it('may be one that never was right', () => assert.equal(bestRun(output(run('a', 0, 0)))!.folder, 'a'));

  it('is none where no run has a best epoch', () => {
    for (const none of [undefined, output(), output(run('live'), run('failed', -1))]) {
      assert.equal(bestWeightsOf(none), undefined);
    }
  });
});
