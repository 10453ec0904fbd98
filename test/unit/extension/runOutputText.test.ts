import assert from 'node:assert/strict';
import type { RunReference, RunSummary } from '../../../src/protocol/notebookOutput';
import { runOutputMarkdown, runOutputText } from '../../../src/extension/notebook/runOutputText';

const summary: RunSummary = {
  ...{
    status: 'completed',
    model: 'resnet18',
    epochs: 25,
    bestEpoch: 7,
    bestAccuracy: 0.954248,
    seconds: 185,
  },
};
const run: RunReference = { folder: '.thaw/runs/2026-11-24T14-03-59-case-2', name: 'case 2', summary };

describe("the words of a cell's output", () => {
  const textOf = (...runs: RunReference[]) => runOutputText({ version: 1, runs });
  const markdownOf = (...runs: RunReference[]) => runOutputMarkdown({ version: 1, runs });

  it('tell how a run has gone and where it is', () => {
    assert.equal(
      textOf(run),
      'case 2: resnet18, 25 epochs, done after 3 min 5 s: best test accuracy 0.9542 (epoch 7).\n' +
        'Run folder: .thaw/runs/2026-11-24T14-03-59-case-2',
    );
    assert.equal(
      markdownOf(run),
      '**case 2**: resnet18, 25 epochs, done after 3 min 5 s: best test accuracy 0.9542 \\(epoch 7\\).  \n' +
        'Run folder: `.thaw/runs/2026-11-24T14-03-59-case-2`',
    );
  });

  it('tell that one has been started', () => {
    assert.equal(textOf({ folder: 'r', name: 'case 2' }), 'case 2: has been started.\nRun folder: r');
  });

  it('tell what went wrong', () => {
    const failed: RunSummary = {
      ...{ status: 'failed', model: '', epochs: 0, bestEpoch: -1, bestAccuracy: 0, seconds: 0 },
      message: 'there is no folder pets',
    };
    assert.equal(
      textOf({ folder: 'r', name: 'case 2', summary: failed }),
      'case 2: 0 epochs, failed after 0 s (there is no folder pets): no epoch was finished, so there are no best weights.\nRun folder: r',
    );
  });

  it('list the runs of a sweep by what each has of its own', () => {
    const runs = [
      { ...run, folder: 'a', variant: 'optimizer.lr = 0.01' },
      { ...run, folder: 'b', variant: 'optimizer.lr = 0.001' },
    ];
    assert.deepEqual(markdownOf(...runs).split('\n'), [
      '| Run | Result | Run folder |',
      '| :-- | :-- | :-- |',
      '| optimizer.lr = 0.01 | resnet18, 25 epochs, done after 3 min 5 s: best test accuracy 0.9542 \\(epoch 7\\). | `a` |',
      '| optimizer.lr = 0.001 | resnet18, 25 epochs, done after 3 min 5 s: best test accuracy 0.9542 \\(epoch 7\\). | `b` |',
    ]);
  });

  it('turn no words around and steer nothing', () => {
    const steered = { folder: 'r\u001b[2J', name: 'cat\u202egpj.exe' };
    assert.equal(textOf(steered), 'catgpj.exe: has been started.\nRun folder: r[2J');
    assert.equal(markdownOf(steered), '**catgpj.exe**: has been started.  \nRun folder: `r[2J`');
  });

  it('are only words, whatever a name holds', () => {
    const name = '<img src=x> [a](b)\n# c';
    assert.equal(
      markdownOf({ folder: 'a`b|c', name }),
      '**\\<img src=x\\> \\[a\\]\\(b\\) \\# c**: has been started.  \nRun folder: `` a`b\\|c ``',
    );
  });
});
