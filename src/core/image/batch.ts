import type { Sample } from '../dataset/dataset';

/** Decoded images that go through the network together. */
export interface Batch {
  readonly samples: readonly Sample[];
  /** Positions of the samples in the list the batches were made from. */
  readonly indices: readonly number[];
  /** [batch, height, width, 3], red, green, blue, 0 to 255, not yet normalised. */
  readonly pixels: Uint8Array;
  /** Height and width of every image, in pixels. */
  readonly size: number;
}
