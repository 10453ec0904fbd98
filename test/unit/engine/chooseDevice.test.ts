import assert from 'node:assert/strict';
import { deviceEnvironment, requireDevice } from '../../../src/core/engine/chooseDevice';

describe('The device of a recipe', () => {
  const growth = { TF_FORCE_GPU_ALLOW_GROWTH: 'true' };

  it('is what there is unless one is named; of its memory no more is taken than is needed', () => {
    assert.deepEqual(deviceEnvironment('auto', {}), growth);
    assert.deepEqual(deviceEnvironment('gpu', { CUDA_VISIBLE_DEVICES: '3' }), growth);
    assert.deepEqual(deviceEnvironment('auto', { TF_FORCE_GPU_ALLOW_GROWTH: 'false' }), {
      TF_FORCE_GPU_ALLOW_GROWTH: 'false',
    });
  });

  it('may be the CPU, with the GPUs hidden', () =>
    assert.deepEqual(deviceEnvironment('cpu', {}), { ...growth, CUDA_VISIBLE_DEVICES: '-1' }));

  it('may be one of several GPUs, of those that the environment shows', () => {
    assert.deepEqual(deviceEnvironment('gpu:1', {}), { ...growth, CUDA_VISIBLE_DEVICES: '1' });
    assert.deepEqual(deviceEnvironment('gpu:1', { CUDA_VISIBLE_DEVICES: '4, 6' }), {
      ...growth,
      CUDA_VISIBLE_DEVICES: '6',
    });
    assert.throws(() => deviceEnvironment('gpu:2', { CUDA_VISIBLE_DEVICES: '4,6' }), {
      name: 'UserError',
      message: /there is no gpu:2, since CUDA_VISIBLE_DEVICES is "4,6"/,
    });
  });

  it('is missed where it is a GPU and there is none', () => {
    requireDevice('auto', 'cpu', 'wasm');
    requireDevice('gpu:0', 'gpu', 'tensorflow');
    assert.throws(() => requireDevice('gpu', 'cpu', 'wasm'), {
      name: 'UserError',
      message: /asks for "gpu", but the engine wasm found no GPU/,
    });
  });
});
