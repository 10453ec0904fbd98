/**
 * Decoded pictures in memory: the evaluation view of each, [crop, crop, 3]. It takes what fits and drops nothing, since
 * pictures come round once an epoch.
 */
export class PixelCache {
  private readonly pictures = new Map<string, Uint8Array>();
  private bytes = 0;

  /** `limit` in bytes. */
  constructor(private readonly limit: number) {}

  get(file: string): Uint8Array | undefined {
    return this.pictures.get(file);
  }

  put(file: string, pixels: Uint8Array): void {
    if (this.pictures.has(file) || this.bytes + pixels.length > this.limit) return;
    this.bytes += pixels.length;
    this.pictures.set(file, pixels);
  }
}
