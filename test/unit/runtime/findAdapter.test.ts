import assert from 'node:assert/strict';
import { adapterName, findAdapter, isSoftware } from '../../../src/core/runtime/findAdapter';
import { withEnvironment } from '../download/onPath';
import { useSoftwareGpu } from '../engine/webgpu/softwareGpu';

describe('findAdapter', () => {
  before(() => useSoftwareGpu());

  it('finds what Vulkan offers, here a program in the place of a GPU', async () => {
    const answer = await findAdapter();
    assert.ok('info' in answer, JSON.stringify(answer));
    assert.equal(adapterName(answer.info), 'SwiftShader driver 5.0.0');
    assert.ok(isSoftware(answer.info));
  });

  it('says that there is none', async () => {
    const environment = { VK_ICD_FILENAMES: '/nowhere.json', LD_LIBRARY_PATH: undefined };
    assert.deepEqual(await withEnvironment(environment, () => findAdapter()), {
      problem: 'no GPU has a driver for Vulkan, Metal or Direct3D 12',
    });
  });

  it('survives a process that ends', async () => {
    const environment = { NODE_OPTIONS: '--require /nowhere.cjs' };
    assert.deepEqual(await withEnvironment(environment, () => findAdapter()), {
      problem: 'WebGPU ended (code 1) before it answered',
    });
  });
});

describe('An adapter', () => {
  const card = {
    ...{ vendor: 'nvidia', architecture: 'ampere', device: '', description: 'Some Card' },
    isFallbackAdapter: false,
  };

  it('has the name that its driver gives it, or what else is known', () => {
    assert.equal(adapterName(card), 'Some Card');
    assert.equal(adapterName({ ...card, description: '' }), 'nvidia ampere');
    assert.equal(adapterName({ ...card, description: '', vendor: '', architecture: '' }), 'without a name');
  });

  it('is software where it says so, or is one of those that are known', () => {
    assert.equal(isSoftware(card), false);
    assert.ok(isSoftware({ ...card, isFallbackAdapter: true }));
    for (const description of ['llvmpipe (LLVM 15.0.6, 256 bits)', 'Microsoft Basic Render Driver']) {
      assert.ok(isSoftware({ ...card, description }), description);
    }
  });
});
