import type { Preprocessing } from './preprocessing';

/** What the pictures of a batch were mixed with. */
export interface Mixed {
  /** The labels of the other pictures. */
  readonly others: readonly number[];
  /** What each picture has of the one that its own label is of, at least a half. */
  readonly share: number;
}

/**
 * Normalized pictures, each mixed with the one before it (the first with the last), as `torchvision.transforms.v2.MixUp`
 * does: `share` of itself. `pixels` [pictures, size, size, 3], 8 bit; the result is float32 of the same shape.
 */
export function mixPictures(
  pixels: Uint8Array,
  pictures: number,
  share: number,
  { mean, std }: Preprocessing,
): Float32Array {
  const tables = mean.map((average, channel) =>
    Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - average) / std[channel]!),
  );
  const width = pixels.length / pictures;
  const mixed = new Float32Array(pixels.length);
  for (let picture = 0; picture < pictures; picture++) {
    const own = picture * width;
    const other = (picture === 0 ? pictures - 1 : picture - 1) * width;
    for (let i = 0, channel = 0; i < width; i++, channel = channel === 2 ? 0 : channel + 1) {
      const table = tables[channel]!;
      mixed[own + i] = share * table[pixels[own + i]!]! + (1 - share) * table[pixels[other + i]!]!;
    }
  }
  return mixed;
}

/** The labels of a batch whose pictures are mixed so: of the picture that has the larger share, and of the other. */
export function mixLabels(
  labels: readonly number[],
  share: number,
): { readonly labels: readonly number[]; readonly mixed: Mixed } {
  const before = labels.map((_, i) => labels.at(i - 1)!);
  return share >= 0.5
    ? { labels, mixed: { others: before, share } }
    : { labels: before, mixed: { others: labels, share: 1 - share } };
}
