import type { Tensor } from '@tensorflow/tfjs-core';
import type { Pair, Rectifier } from '../model/layerTree';
import type { Window } from '../model/windowOutput';
import type { Recipe } from '../recipe/recipe';

/** A window, whether each channel has a filter of its own, and what the sums go through. */
export interface FusedWindow extends Window {
  readonly depthwise: boolean;
  readonly activation: Rectifier['type'] | undefined;
  /** Whether only `fusedConv2d` and `maxPool` read the result, which may then stay in the precision of the products. */
  readonly staysInside: boolean;
}

/** What batch norm's backward pass needs of its forward pass besides the input. */
export interface BatchNormStatistics {
  /** The running statistics after this batch, each [channels]. */
  readonly runningMean: Tensor;
  readonly runningVar: Tensor;
  /** The backend's own record of the batch. */
  readonly saved: readonly Tensor[];
}

/**
 * The operations a backend does in its own way: those that tfjs lacks or composes of many. Images are
 * [batch, height, width, channels], filters [height, width, in, out], depthwise filters [height, width, channels, 1].
 */
export interface Ops {
  /**
   * The same operations, whose convolutions (not the depthwise ones) multiply in that precision. A UserError where the
   * engine or the processor cannot.
   */
  inPrecision(precision: Recipe['precision']): Ops;
  /** Values in the engine's memory at once: tfjs would hold on to the array until they are first used. */
  place(values: Float32Array, shape: readonly number[]): Tensor;
  /** Resolves once what was computed is known to have succeeded; rejects with why not, where an engine tells that late. */
  settle(): Promise<void>;
  /** Uint8 pixels [batch, size, size, 3] to normalised float32: (pixel / 255 - mean) / std. */
  normalizePixels(
    pixels: Uint8Array,
    shape: readonly number[],
    mean: readonly number[],
    std: readonly number[],
  ): Tensor;
  conv2d(x: Tensor, filter: Tensor, window: Window): Tensor;
  conv2dInputGradient(dy: Tensor, filter: Tensor, inputShape: readonly number[], window: Window): Tensor;
  conv2dFilterGradient(x: Tensor, dy: Tensor, filterShape: readonly number[], window: Window): Tensor;
  depthwiseConv2d(x: Tensor, filter: Tensor, window: Window): Tensor;
  depthwiseConv2dInputGradient(
    dy: Tensor,
    filter: Tensor,
    inputShape: readonly number[],
    window: Window,
  ): Tensor;
  depthwiseConv2dFilterGradient(
    x: Tensor,
    dy: Tensor,
    filterShape: readonly number[],
    window: Window,
  ): Tensor;
  /** Convolution, bias [out] and activation, in one pass where the machine can. */
  fusedConv2d(x: Tensor, filter: Tensor, bias: Tensor, window: FusedWindow): Tensor;
  /** Adds a bias [channels] to the last axis; its gradient is the sum over all other axes. */
  biasAdd(x: Tensor, bias: Tensor): Tensor;
  biasGradient(dy: Tensor): Tensor;
  /** Batch norm with the statistics it is given. */
  batchNorm(x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, eps: number): Tensor;
  /** Batch norm with the batch's statistics; the running ones move by `momentum` (the variance unbiased, as PyTorch's). */
  batchNormTraining(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    runningMean: Tensor,
    runningVar: Tensor,
    eps: number,
    momentum: number,
  ): BatchNormStatistics & { readonly y: Tensor };
  batchNormGradient(
    dy: Tensor,
    x: Tensor,
    weight: Tensor,
    saved: readonly Tensor[],
    eps: number,
  ): { readonly dx: Tensor; readonly dWeight: Tensor; readonly dBias: Tensor };
  relu(x: Tensor, limit: 6 | undefined): Tensor;
  /** From the output of `relu`. */
  reluGradient(dy: Tensor, y: Tensor, limit: 6 | undefined): Tensor;
  /** Without padding. */
  maxPool(x: Tensor, kernelSize: Pair, stride: Pair): Tensor;
  maxPoolGradient(dy: Tensor, x: Tensor, y: Tensor, kernelSize: Pair, stride: Pair): Tensor;
}
