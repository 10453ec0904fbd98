import assert from 'node:assert/strict';
import { DeviceWatch } from '../../../../src/core/engine/webgpu/deviceWatch';
import { loadDawn } from '../../../../src/core/engine/webgpu/loadDawn';
import { useSoftwareGpu } from './softwareGpu';

describe('The watch over a GPU', () => {
  let device: GPUDevice;
  let watch: DeviceWatch;
  beforeEach(async () => {
    await useSoftwareGpu();
    const adapter = await loadDawn().requestAdapter();
    device = await adapter!.requestDevice();
    watch = new DeviceWatch(device);
  });
  afterEach(() => device.destroy());

  it('refuses at once what is larger than any buffer', () => {
    assert.throws(() => watch.createBuffer({ size: 2 ** 40, usage: GPUBufferUsage.STORAGE }), {
      name: 'UserError',
      message: /^1048576 MB in one piece are more than the GPU takes \(128 MB\): set a smaller batchSize/,
    });
  });

  it('tells of a command that was refused, once', async () => {
    const [buffer, other] = [1, 2].map(() =>
      watch.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_SRC }),
    );
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer!, 0, other!, 0, 16);
    device.queue.submit([encoder.finish()]);
    await assert.rejects(watch.settle(), { name: 'Error', message: /^WebGPU: .*usage/i });
    await watch.settle();
  });

  it('tells that the device is gone, each time it is asked', async () => {
    await watch.settle();
    device.destroy();
    await device.lost;
    for (let i = 0; i < 2; i++) {
      await assert.rejects(watch.settle(), {
        name: 'UserError',
        message: /^The GPU stopped computing \(.*destroyed\).*Resume the run with: thaw resume/,
      });
    }
  });
});
