import type { Features } from './network';

/** What the frozen prefix made of one view of every picture, kept in memory: the prefix runs once, not every epoch. */
export class FeatureCache {
  private readonly arrays: readonly Float32Array[];

  /** `shapes`: of the activations at each boundary node, without the batch. */
  constructor(
    private readonly shapes: readonly (readonly number[])[],
    pictures: number,
  ) {
    this.arrays = shapes.map(shape => new Float32Array(pictures * valuesIn(shape)));
  }

  /** Keeps the features of the pictures at `indices`. */
  put(indices: readonly number[], features: readonly Features[]): void {
    features.forEach(({ values }, boundary) => {
      const width = valuesIn(this.shapes[boundary]!);
      indices.forEach((picture, row) => {
        this.arrays[boundary]!.set(values.subarray(row * width, (row + 1) * width), picture * width);
      });
    });
  }

  /** The features of the pictures at `indices`, as a network takes them; picture i comes from `pick(i)`. */
  static gather(indices: readonly number[], pick: (picture: number) => FeatureCache): readonly Features[] {
    const { shapes } = pick(indices[0]!);
    return shapes.map((shape, boundary) => {
      const width = valuesIn(shape);
      const values = new Float32Array(indices.length * width);
      indices.forEach((picture, row) => {
        const from = pick(picture).arrays[boundary]!;
        values.set(from.subarray(picture * width, (picture + 1) * width), row * width);
      });
      return { shape, values };
    });
  }
}

/** Bytes that the features of one view of one picture take. */
export function bytesPerPicture(shapes: readonly (readonly number[])[]): number {
  return shapes.reduce((sum, shape) => sum + valuesIn(shape) * Float32Array.BYTES_PER_ELEMENT, 0);
}

function valuesIn(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
