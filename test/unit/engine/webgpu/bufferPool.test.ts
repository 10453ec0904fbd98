import assert from 'node:assert/strict';
import { BufferPool } from '../../../../src/core/engine/webgpu/bufferPool';
import { DeviceWatch } from '../../../../src/core/engine/webgpu/deviceWatch';
import { loadDawn } from '../../../../src/core/engine/webgpu/loadDawn';
import { useSoftwareGpu } from './softwareGpu';

const MB = 2 ** 20;

describe('The buffers of a GPU', () => {
  let device: GPUDevice;
  before(async () => {
    await useSoftwareGpu();
    const adapter = await loadDawn().requestAdapter();
    device = await adapter!.requestDevice();
  });
  after(() => device.destroy());

  function pool(): { pool: BufferPool; take(megabytes: number): GPUBuffer } {
    const pool = new BufferPool(new DeviceWatch(device));
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    return { pool, take: megabytes => pool.acquireBuffer(megabytes * MB, usage) };
  }

  it('are used again', () => {
    const { pool: buffers, take } = pool();
    const first = take(8);
    buffers.releaseBuffer(first);
    assert.equal(take(8), first);
    assert.notEqual(take(8), first);
    assert.deepEqual([buffers.getNumUsedBuffers(), buffers.numBytesUsed], [2, 16 * MB]);
    buffers.dispose();
    assert.deepEqual([buffers.numBytesUsed, buffers.numBytesAllocated], [0, 0]);
  });

  it('are kept only so far as there were as many in use at once, and half as many more, and 64 MB', () => {
    const { pool: buffers, take } = pool();
    // Sizes of 40 batches of which each is another: never more than 20 MB in use.
    for (let size = 1; size <= 40; size++) {
      const [a, b] = [take(size / 4), take(size / 4 + 0.125)];
      buffers.releaseBuffer(a);
      buffers.releaseBuffer(b);
      assert.ok(buffers.numBytesAllocated <= 1.5 * 20.25 * MB + 64 * MB);
    }
    assert.ok(buffers.getNumFreeBuffers() < 40);
    // Those given back last are the ones that are there.
    const allocated = buffers.numBytesAllocated;
    take(10);
    assert.equal(buffers.numBytesAllocated, allocated);
    buffers.dispose();
  });

  it('are given back at once where the device is full, and after that only as many are kept as it had', () => {
    const { pool: buffers, take } = pool();
    const held = Array.from({ length: 10 }, () => take(10));
    buffers.releaseBuffer(held.pop()!);
    buffers.full();
    assert.equal(buffers.numBytesAllocated, 90 * MB);
    buffers.releaseBuffer(held.pop()!);
    assert.equal(buffers.numBytesAllocated, 80 * MB);
    buffers.relax();
    for (const buffer of held) buffers.releaseBuffer(buffer);
    // 90 of 100 MB at most: 80 are kept, and a buffer of another size needs room.
    take(20);
    assert.ok(buffers.numBytesAllocated <= 90 * MB);
    buffers.dispose();
  });
});
