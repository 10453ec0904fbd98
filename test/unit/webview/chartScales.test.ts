import { strict as assert } from 'node:assert';
import { epochTicks, valueScale, valueTicks } from '../../../webview/charts/chartScales';

function axis(values: readonly number[], limits: { log?: boolean; floor?: number; ceiling?: number } = {}) {
  const { log = false, floor, ceiling } = limits;
  return valueScale({ values, log, floor, ceiling, range: [100, 0] });
}

describe('the scales of a chart', () => {
  it('begin at their floor and end at a round value', () => {
    assert.deepEqual(axis([0.13, 0.52], { floor: 0 }).domain(), [0, 0.6]);
  });

  it('never pass their ceiling', () => {
    assert.deepEqual(axis([0.74, 0.99], { ceiling: 1 }).domain(), [0.7, 1]);
  });

  it('leave room around a single value', () => {
    assert.deepEqual(axis([0.5], { ceiling: 1 }).domain(), [0.46, 0.54]);
  });

  it('pass over what is no number', () => {
    assert.deepEqual(axis([0.5, Number.NaN, Infinity, 1], { floor: 0 }).domain(), [0, 1.2]);
    assert.deepEqual(axis([Number.NaN]).domain(), [0, 1]);
  });

  it('show every positive value when they are logarithmic', () => {
    const [low, high] = axis([0, 0.011, 11], { log: true }).domain() as [number, number];
    assert.deepEqual([low.toFixed(6), high.toFixed(6)], ['0.010000', '12.100000']);
  });

  it('have round ticks', () => {
    assert.deepEqual(valueTicks(axis([0.13, 0.52], { floor: 0 }), 6), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);
    assert.deepEqual(valueTicks(axis([0.03, 0.7], { log: true }), 6), [0.05, 0.1, 0.2, 0.5]);
    assert.deepEqual(valueTicks(axis([2e-6, 3], { log: true }), 6), [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]);
  });

  it('name whole epochs only, and none beyond the last', () => {
    assert.deepEqual(epochTicks(1, 8), [0, 1]);
    assert.deepEqual(epochTicks(3, 8), [0, 1, 2, 3]);
    assert.deepEqual(epochTicks(24, 6), [0, 5, 10, 15, 20]);
  });
});
