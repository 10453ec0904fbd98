import type { DeviceWatch } from './deviceWatch';

/** What a pool keeps beyond the most that was ever in use at once, as a share of that and in bytes. */
const SPARE_SHARE = 0.5;
const SPARE_BYTES = 64 * 2 ** 20;
/** How much of what a device once had is reckoned with. */
const LIMIT_SHARE = 0.9;

/**
 * The buffers of a device in the way tfjs asks for them. Those given back are kept for the next of the same size, but
 * only so many: tfjs's own pool keeps all of them, and every size of a batch would cost as much memory again.
 */
export class BufferPool {
  numBytesUsed = 0;
  numBytesAllocated = 0;
  private mostUsed = 0;
  /** What the device is known to have no more than. */
  private limit = Infinity;
  isFull = false;
  private readonly used = new Set<GPUBuffer>();
  /** By size and usage; those that were given back last come last. */
  private readonly free = new Map<string, GPUBuffer[]>();

  constructor(private readonly device: Pick<DeviceWatch, 'createBuffer' | 'lacks'>) {}

  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false, reuse = true): GPUBuffer {
    const kept = reuse ? this.free.get(keyOf(size, usage))?.pop() : undefined;
    if (!kept) {
      const spared = (1 + SPARE_SHARE) * Math.max(this.mostUsed, this.numBytesUsed + size) + SPARE_BYTES;
      this.shrink(Math.min(spared, this.limit) - size);
    }
    const buffer = kept ?? this.device.createBuffer({ size, usage, mappedAtCreation });
    if (!kept) this.numBytesAllocated += size;
    this.used.add(buffer);
    this.numBytesUsed += size;
    this.mostUsed = Math.max(this.mostUsed, this.numBytesUsed);
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.used.delete(buffer)) return;
    this.numBytesUsed -= buffer.size;
    if (!reuse || this.isFull || this.device.lacks(buffer)) return this.destroy(buffer);
    const key = keyOf(buffer.size, buffer.usage);
    const others = this.free.get(key) ?? [];
    this.free.delete(key);
    this.free.set(key, [...others, buffer]);
  }

  /** The device had no memory for more: nothing is kept until `relax`, and from then on only what it is known to hold. */
  full(): void {
    this.isFull = true;
    const missing = [...this.used].filter(buffer => this.device.lacks(buffer));
    const had = this.numBytesAllocated - missing.reduce((sum, { size }) => sum + size, 0);
    this.limit = Math.min(this.limit, LIMIT_SHARE * had);
    this.shrink(0);
  }

  relax(): void {
    this.isFull = false;
  }

  /** Destroys buffers that nobody uses until there are no more than so many bytes, those first that were used least lately. */
  shrink(bytes: number): void {
    for (const [key, buffers] of this.free) {
      while (buffers.length > 0) {
        if (this.numBytesAllocated <= bytes) return;
        this.destroy(buffers.shift()!);
      }
      this.free.delete(key);
    }
  }

  getNumUsedBuffers(): number {
    return this.used.size;
  }

  getNumFreeBuffers(): number {
    return [...this.free.values()].reduce((sum, buffers) => sum + buffers.length, 0);
  }

  dispose(): void {
    this.shrink(0);
    for (const buffer of this.used) this.destroy(buffer);
    this.used.clear();
    this.numBytesUsed = 0;
  }

  private destroy(buffer: GPUBuffer): void {
    this.numBytesAllocated -= buffer.size;
    buffer.destroy();
  }
}

function keyOf(size: number, usage: number): string {
  return `${size} ${usage}`;
}
