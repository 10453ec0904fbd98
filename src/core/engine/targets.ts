/**
 * What a batch is to answer, as its loss weighs it: -sum(values * log-probabilities) / divisor. `values` has the shape
 * [pictures, classes].
 */
export interface Targets {
  readonly values: Float32Array;
  readonly divisor: number;
}
