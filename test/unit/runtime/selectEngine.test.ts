import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { hasWasmVectors, wasmBinary } from '../../../src/core/runtime/findWasm';
import { selectEngine } from '../../../src/core/runtime/selectEngine';
import { UserError } from '../../../src/core/userError';
import { withEnvironment } from '../download/onPath';
import { temporaryFolder } from '../weights/temporaryFolder';

describe('selectEngine', () => {
  const empty = temporaryFolder();
  const withoutTensorflow = <Result>(action: () => Promise<Result>): Promise<Result> =>
    withEnvironment({ THAW_CACHE: empty.path() }, action);

  it('takes TensorFlow where it is installed', async () => {
    assert.deepEqual(await selectEngine('auto'), {
      name: 'tensorflow',
      reason: 'the fastest engine installed here',
    });
  });

  it('takes the built-in engine where it is not, and says so', async () => {
    await withoutTensorflow(async () => {
      assert.deepEqual(await selectEngine('auto'), {
        name: 'wasm',
        reason: 'the built-in engine; TensorFlow is not installed',
      });
    });
  });

  it('takes what the recipe asks for', async () => {
    assert.deepEqual(await selectEngine('wasm'), { name: 'wasm', reason: 'the recipe asks for it' });
  });

  it('says how to install what the recipe asks for', async () => {
    await withoutTensorflow(async () => {
      await assert.rejects(selectEngine('tensorflow'), (error: Error) => {
        assert.ok(error instanceof UserError);
        assert.equal(
          error.message,
          'The tensorflow engine cannot run here: TensorFlow is not installed; install it with: thaw runtime install',
        );
        return true;
      });
    });
  });
});

describe('The built-in engine', () => {
  it('has its binary, and a processor with vectors', () => {
    assert.ok(existsSync(wasmBinary()));
    assert.ok(hasWasmVectors());
  });
});
