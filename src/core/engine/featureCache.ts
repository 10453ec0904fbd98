import type { Features } from './network';

/** Where what the frozen prefix made of one view of every picture is kept. */
export interface FeatureSource {
  /** Of the activations at each boundary node, without the batch. */
  readonly shapes: readonly (readonly number[])[];
  /** Copies the features of a picture to a row of `into`, which has an array for each boundary node. */
  copy(picture: number, into: readonly Float32Array[], row: number): void | Promise<void>;
  close(): void | Promise<void>;
}

/** Features in memory: the prefix runs once, not every epoch. */
export class FeatureCache implements FeatureSource {
  private readonly arrays: readonly Float32Array[];

  constructor(
    readonly shapes: readonly (readonly number[])[],
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

  close(): void {
    // Memory needs no closing.
  }

  copy(picture: number, into: readonly Float32Array[], row: number): void {
    into.forEach((values, boundary) => {
      const width = valuesIn(this.shapes[boundary]!);
      const from = this.arrays[boundary]!;
      values.set(from.subarray(picture * width, (picture + 1) * width), row * width);
    });
  }
}

/** The features of the pictures at `indices`, as a network takes them; picture i comes from `pick(i)`. */
export async function gatherFeatures(
  indices: readonly number[],
  pick: (picture: number) => FeatureSource,
): Promise<readonly Features[]> {
  const { shapes } = pick(indices[0]!);
  const into = shapes.map(shape => new Float32Array(indices.length * valuesIn(shape)));
  await Promise.all(indices.map(async (picture, row) => pick(picture).copy(picture, into, row)));
  return shapes.map((shape, boundary) => ({ shape, values: into[boundary]! }));
}

/** Bytes that the features of one view of one picture take. */
export function bytesPerPicture(shapes: readonly (readonly number[])[]): number {
  return shapes.reduce((sum, shape) => sum + valuesIn(shape) * Float32Array.BYTES_PER_ELEMENT, 0);
}

function valuesIn(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
