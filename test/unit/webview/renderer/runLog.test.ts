import assert from 'node:assert/strict';
import { RunLog } from '../../../../webview/renderer/runLog';

describe('the log of a run in a cell', () => {
  it('begins with its first line', () => {
    const log = new RunLog([
      { kind: 'phaseEnded', epoch: 0, phase: 'test', loss: 1, accuracy: 0.5, samples: 2, seconds: 1 },
    ]);
    log.add({ kind: 'note', message: 'Slow disk' });
    assert.equal(log.text, 'test Loss: 1.0000 Acc: 0.5000\nSlow disk');
  });

  it('keeps the newest 1,000 lines', () => {
    const log = new RunLog([]);
    for (let line = 0; line < 2500; line++) log.add({ kind: 'note', message: `line ${line}` });
    const lines = log.text.split('\n');
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [1000, 'line 1500', 'line 2499']);
  });
});
