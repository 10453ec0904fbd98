import { t } from '../../../protocol/language';
import { OutOfMemoryError } from '../../outOfMemory';
import { UserError } from '../../userError';

/**
 * What a GPU's device tells out of turn: that it had no memory for a buffer, that it refused a command, that it is gone.
 * WebGPU computes on without a word, so that whoever reads a result has to ask here first.
 */
export class DeviceWatch {
  private refused: Error | undefined;
  private lost: UserError | undefined;
  private readonly pending = new Set<Promise<void>>();
  private readonly missing = new WeakSet<GPUBuffer>();

  constructor(private readonly device: GPUDevice) {
    void device.lost.then(({ message }) => {
      this.lost = new UserError(
        t(
          'The GPU stopped computing ({0}): what was trained until the last save ' +
            'is in the run folder. Resume the run with: thaw resume, followed by that folder; with "engine": "tensorflow" ' +
            'or "wasm" a new run does not need the GPU.',
          message || t('its driver does not say why'),
        ),
      );
    });
    device.onuncapturederror = (event: GPUUncapturedErrorEvent) => {
      // Dawn would print it.
      event.preventDefault();
      this.refused ??= new Error(`WebGPU: ${event.error.message}`);
    };
  }

  /** A buffer; an OutOfMemoryError at once where no device has such large ones, and from `settle` where memory is short. */
  createBuffer(descriptor: GPUBufferDescriptor): GPUBuffer {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    const most =
      descriptor.usage & GPUBufferUsage.STORAGE
        ? Math.min(maxBufferSize, maxStorageBufferBindingSize)
        : maxBufferSize;
    if (descriptor.size > most) throw tooLarge(descriptor.size, most);
    this.device.pushErrorScope('out-of-memory');
    let buffer: GPUBuffer | undefined;
    try {
      buffer = this.device.createBuffer(descriptor);
      return buffer;
    } catch (error) {
      // What is mapped at once takes memory of this process as well.
      throw error instanceof RangeError ? usedUp(error.message) : error;
    } finally {
      this.note(this.device.popErrorScope(), buffer);
    }
  }

  /** Whether a buffer is none, because there was no memory for it. */
  lacks(buffer: GPUBuffer): boolean {
    return this.missing.has(buffer);
  }

  /** Resolves when no buffer is in doubt; rejects with what went wrong since it was last asked. */
  async settle(): Promise<void> {
    await Promise.all(this.pending);
    if (this.lost) throw this.lost;
    const { refused } = this;
    if (!refused) return;
    // Commands on a buffer that is not there are refused as well, which is no news.
    await this.device.queue.onSubmittedWorkDone().catch(() => undefined);
    this.refused = undefined;
    if (this.lost) throw this.lost;
    throw refused;
  }

  private note(scope: Promise<GPUError | null>, buffer: GPUBuffer | undefined): void {
    const noted = scope.then(
      error => {
        if (!error) return;
        this.refused = usedUp(error.message);
        if (buffer) this.missing.add(buffer);
      },
      // The device is gone, which is told otherwise.
      () => undefined,
    );
    this.pending.add(noted);
    void noted.then(() => this.pending.delete(noted));
  }
}

function tooLarge(size: number, most: number): OutOfMemoryError {
  return new OutOfMemoryError(
    t(
      '{0} in one piece are more than the GPU takes ({1}): set a smaller batchSize or ' +
        'imageSize, or another engine.',
      megabytes(size),
      megabytes(most),
    ),
  );
}

function usedUp(message: string): OutOfMemoryError {
  return new OutOfMemoryError(
    t(
      'The memory of the GPU is used up ({0}): set a smaller batchSize or imageSize, or another engine.',
      message.split('\n')[0]!,
    ),
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`;
}
