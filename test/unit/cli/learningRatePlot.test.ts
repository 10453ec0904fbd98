import assert from 'node:assert/strict';
import { learningRatePlot } from '../../../src/cli/learningRatePlot';

describe('the plot of learning rates in the terminal', () => {
  const tried = Array.from({ length: 9 }, (_, i) => ({
    lr: 10 ** (i - 7),
    loss: 0,
    smoothedLoss: i < 6 ? 2 - 0.2 * i : i - 4,
  }));

  it('has the loss over the logarithm of the rate, its ends, and the suggestion below', () => {
    const lines = learningRatePlot({ tried, suggestion: 0.001 });
    assert.deepEqual(lines.slice(0, 1), [`   4.000 |${' '.repeat(59)}*`]);
    assert.equal(
      lines
        .filter(line => line.includes('*'))
        .join('')
        .replaceAll(/[^*]/g, '').length,
      9,
    );
    assert.match(lines[11]!, /^ {3}1\.000 \| +\*$/);
    assert.equal(lines[13], `${' '.repeat(10 + 30)}^ 0.001`);
    assert.match(lines[14]!, /^ {10}1e-7 +1e\+1 {2}learning rate$/);
    assert.equal(lines.at(-1), 'Suggested learning rate: 0.001 (--set optimizer.lr=0.001)');
  });

  it('says so where there is nothing to suggest, or nothing to draw', () => {
    assert.match(learningRatePlot({ tried, suggestion: null }).at(-1)!, /^No learning rate lowers the loss/);
    assert.deepEqual(learningRatePlot({ tried: tried.slice(0, 1), suggestion: null }), [
      'The loss ran away with the smallest learning rate.',
    ]);
  });
});
