import { valuesIn } from '../model/shapes';
import type { Features } from './networkInput';
import { restore, store, storeFor, type FeatureLayout, type StoredValues } from './storedFeatures';

/** Where what the frozen prefix made of one view of every picture is kept. */
export interface FeatureSource {
  readonly layout: FeatureLayout;
  /** Copies the features of a picture to a row of `into`, which has an array for each boundary node. */
  copy(picture: number, into: readonly Float32Array[], row: number): void | Promise<void>;
  close(): void | Promise<void>;
}

/** Features in memory: the prefix runs once, not every epoch. */
export class FeatureCache implements FeatureSource {
  private readonly arrays: readonly StoredValues[];

  constructor(
    readonly layout: FeatureLayout,
    pictures: number,
  ) {
    const { shapes, precision } = layout;
    this.arrays = shapes.map(shape => storeFor(pictures * valuesIn(shape), precision));
  }

  /** Keeps the features of the pictures at `indices`. */
  put(indices: readonly number[], features: readonly Features[]): void {
    features.forEach(({ values }, boundary) => {
      const width = this.width(boundary);
      indices.forEach((picture, row) => {
        store(values.subarray(row * width, (row + 1) * width), this.arrays[boundary]!, picture * width);
      });
    });
  }

  close(): void {
    // Memory needs no closing.
  }

  copy(picture: number, into: readonly Float32Array[], row: number): void {
    into.forEach((values, boundary) => {
      const width = this.width(boundary);
      restore(this.arrays[boundary]!.subarray(picture * width, (picture + 1) * width), values, row * width);
    });
  }

  private width(boundary: number): number {
    return valuesIn(this.layout.shapes[boundary]!);
  }
}

/** The features of some pictures, as a network takes them; row i of them comes from `pick(pictures[i], i)`. */
export async function gatherFeatures(
  pictures: readonly number[],
  pick: (picture: number, row: number) => FeatureSource,
): Promise<readonly Features[]> {
  const { shapes } = pick(pictures[0]!, 0).layout;
  const into = shapes.map(shape => new Float32Array(pictures.length * valuesIn(shape)));
  await Promise.all(pictures.map(async (picture, row) => pick(picture, row).copy(picture, into, row)));
  return shapes.map((shape, boundary) => ({ shape, values: into[boundary]! }));
}
