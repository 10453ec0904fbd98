import { strict as assert } from 'node:assert';
import { wilsonInterval } from '../../../src/protocol/wilsonInterval';

describe('the interval of an accuracy', () => {
  for (const [successes, trials, low, high] of [
    [131, 150, 0.810634, 0.917389],
    [574, 656, 0.847488, 0.898145],
    [0, 10, 0, 0.277533],
    [10, 10, 0.722467, 1],
  ] as const) {
    it(`of ${successes} of ${trials} is ${low} to ${high}`, () => {
      const found = wilsonInterval(successes / trials, trials);
      assert.ok(Math.abs(found.low - low) < 1e-6, String(found.low));
      assert.ok(Math.abs(found.high - high) < 1e-6, String(found.high));
    });
  }

  it('is everything where nothing was counted', () => {
    assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1 });
  });
});
