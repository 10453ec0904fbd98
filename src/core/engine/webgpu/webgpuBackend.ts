import { setImmediate } from 'node:timers/promises';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { util, type BackendValues, type DataType } from '@tensorflow/tfjs-core';
import { OutOfMemoryError } from '../../outOfMemory';
import { BufferPool } from './bufferPool';
import { DeviceWatch } from './deviceWatch';

/** tfjs's backend on one device, with bounded memory, that does not go on in silence when the device fails. */
export class WatchedWebgpuBackend extends WebGPUBackend {
  private readonly watch: DeviceWatch;
  private readonly pool: BufferPool;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.watch = new DeviceWatch(device);
    this.pool = new BufferPool(this.watch);
    this.bufferManager = this.pool as unknown as WebGPUBackend['bufferManager'];
  }

  /**
   * Hands the device all it was asked for, and resolves once nothing of that is in doubt. Rejects with an
   * OutOfMemoryError, a UserError when the device is gone, or what it refused.
   */
  async settle(): Promise<void> {
    this.submit();
    if (this.pool.isFull) {
      // Dawn frees the memory of destroyed buffers when these commands are done, and others are on their way.
      await this.queue.onSubmittedWorkDone();
      this.submit();
      await this.queue.onSubmittedWorkDone();
      this.pool.relax();
    }
    await this.check();
  }

  private submit(): void {
    this.endComputePassEncoder();
    this.ensureCommandEncoderReady();
    this.submitQueue();
  }

  /** Without tfjs's copy of whatever was read, here of all weights that were ever saved. */
  override read(dataId: object): Promise<BackendValues> {
    const { values, resource, dtype } = this.tensorMap.get(dataId);
    if (values) return Promise.resolve(values);
    // At once: the tensor may be disposed before it is read.
    return this.checked(this.getBufferData(resource as GPUBuffer), dtype);
  }

  private async checked(reading: Promise<ArrayBuffer>, dtype: DataType): Promise<BackendValues> {
    try {
      const values = await reading;
      await this.check();
      return util.convertBackendValuesAndArrayBuffer(values, dtype);
    } catch (error) {
      // Why it failed may be told a moment later than that it did.
      await setImmediate();
      await this.check();
      throw error;
    }
  }

  private async check(): Promise<void> {
    try {
      await this.watch.settle();
    } catch (error) {
      if (error instanceof OutOfMemoryError) this.pool.full();
      throw error;
    }
  }
}
