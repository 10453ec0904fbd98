import assert from 'node:assert/strict';
import { bytesPerPicture, restore, store, storeFor } from '../../../src/core/engine/storedFeatures';

describe('Kept features', () => {
  function kept(precision: 'float32' | 'bfloat16', ...values: number[]): readonly number[] {
    const stored = storeFor(values.length + 1, precision);
    store(Float32Array.from(values), stored, 1);
    const back = new Float32Array(values.length + 1);
    restore(stored.subarray(1), back, 1);
    return Array.from(back.subarray(1));
  }

  it('are the same in float32', () =>
    assert.deepEqual(kept('float32', 0.1, -3, Infinity), [Math.fround(0.1), -3, Infinity]));

  it('are the nearest of bfloat16, the even one of two', () =>
    assert.deepEqual(
      kept('bfloat16', 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -(1 + 2 ** -7), 3e-41),
      [1, 1 + 2 ** -6, 1 + 2 ** -7, -(1 + 2 ** -7), 0],
    ));

  it('stay minus zero, infinite, or no numbers', () =>
    assert.deepEqual(kept('bfloat16', -0, -Infinity, NaN, 3.4e38), [-0, -Infinity, NaN, Infinity]));

  it('take half as many bytes in bfloat16', () => {
    const shapes = [[28, 28, 128], [10]];
    assert.equal(bytesPerPicture({ shapes, precision: 'float32' }), 401_448);
    assert.equal(bytesPerPicture({ shapes, precision: 'bfloat16' }), 200_724);
  });
});
