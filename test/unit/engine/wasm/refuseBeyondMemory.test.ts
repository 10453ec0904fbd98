import assert from 'node:assert/strict';
import { conv2d, tensor4d, tidy, zeros, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import { openEngine } from '../../../../src/core/engine/chooseEngine';
import { UserError } from '../../../../src/core/userError';

describe('The memory of the built-in engine', () => {
  it('is said to be used up, with what to do, and what was there is still there', async () => {
    await openEngine('wasm');
    const kept = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const filled: Tensor[] = [];
    const fill = (): void => {
      // 5 GB, in parts.
      for (let part = 0; part < 20; part++) filled.push(zeros([64, 1024, 1024]));
    };
    assert.throws(fill, (error: Error) => {
      assert.ok(error instanceof UserError, error.stack);
      assert.match(
        error.message,
        /^The memory of the wasm engine is used up \(4 GB at most, .*"batchSize" to half/,
      );
      return true;
    });
    assert.ok(filled.length >= 4, `${filled.length} parts of 256 MB`);
    for (const part of filled) part.dispose();
    const filter = zeros<Rank.R4>([1, 1, 1, 1]);
    const values = tidy(() => conv2d(kept, filter, 1, 'valid'));
    assert.deepEqual([...values.dataSync()], [0, 0, 0, 0]);
    values.dispose();
    assert.deepEqual([...kept.dataSync()], [1, 2, 3, 4]);
    kept.dispose();
    filter.dispose();
  });
});
