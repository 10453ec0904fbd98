import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { hasWasmVectors, wasmBinary } from '../../../src/core/runtime/findWasm';
import { selectEngine } from '../../../src/core/runtime/selectEngine';
import { UserError } from '../../../src/core/userError';
import { withEnvironment } from '../download/onPath';
import { useSoftwareGpu } from '../engine/webgpu/softwareGpu';
import { temporaryFolder } from '../weights/temporaryFolder';
import { withoutVectors } from './withoutVectors';

describe('selectEngine', () => {
  const empty = temporaryFolder();
  const withoutTensorflow = <Result>(action: () => Promise<Result>): Promise<Result> =>
    withEnvironment({ THAW_CACHE: empty.path() }, action);
  before(() => useSoftwareGpu());

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
        reason:
          'the built-in engine; TensorFlow is not installed; SwiftShader driver 5.0.0 only stands in for a GPU',
      });
    });
  });

  it('does not look for a GPU where the recipe asks for the CPU', async () => {
    await withoutTensorflow(async () => {
      const { reason } = await selectEngine('auto', 'cpu');
      assert.equal(reason, 'the built-in engine; TensorFlow is not installed; the recipe asks for the CPU');
    });
  });

  it('says what each engine lacks where none runs', async () => {
    await withoutTensorflow(() =>
      withoutVectors(() =>
        assert.rejects(selectEngine('auto', 'cpu'), {
          name: 'UserError',
          message:
            'No engine runs here: TensorFlow is not installed; the recipe asks for the CPU; this processor has no ' +
            'vectors for WebAssembly; install it with: thaw runtime install',
        }),
      ),
    );
  });

  it('takes what the recipe asks for', async () => {
    for (const name of ['wasm', 'webgpu'] as const) {
      assert.deepEqual(await selectEngine(name), { name, reason: 'the recipe asks for it' });
    }
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
