import type {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  LayerNorm,
  Linear,
  MaxPool2d,
  Padding,
  Pair,
  Parameter,
  Permute,
  Rectifier,
  SmoothActivation,
  StochasticDepth,
} from './layerTree';

export interface ConvolutionOptions {
  readonly stride?: number;
  readonly padding?: number | 'same';
  readonly groups?: number;
  readonly bias?: boolean;
}

/** A square `nn.Conv2d`, with PyTorch's defaults: stride 1, no padding, one group, a bias. */
export function conv2d(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  { stride = 1, padding = 0, groups = 1, bias = true }: ConvolutionOptions = {},
): Conv2d {
  const paddings: Padding = padding === 'same' ? padding : square(padding);
  return {
    type: 'Conv2d',
    inChannels,
    outChannels,
    kernelSize: square(kernelSize),
    stride: square(stride),
    padding: paddings,
    groups,
    bias,
  };
}

/** `nn.BatchNorm2d` with PyTorch's defaults. */
export function batchNorm2d(numFeatures: number, { eps = 1e-5, momentum = 0.1 } = {}): BatchNorm2d {
  return { type: 'BatchNorm2d', numFeatures, eps, momentum };
}

/** `nn.Linear` with a bias. */
export function linear(inFeatures: number, outFeatures: number): Linear {
  return { type: 'Linear', inFeatures, outFeatures, bias: true };
}

/** A square `nn.MaxPool2d`. */
export function maxPool2d(
  kernelSize: number,
  stride: number,
  { padding = 0, ceilMode = false } = {},
): MaxPool2d {
  return {
    type: 'MaxPool2d',
    kernelSize: square(kernelSize),
    stride: square(stride),
    padding: square(padding),
    ceilMode,
  };
}

/** A square `nn.AvgPool2d` without padding, whose windows do not overlap. */
export function avgPool2d(kernelSize: number): AvgPool2d {
  return { type: 'AvgPool2d', kernelSize: square(kernelSize), stride: square(kernelSize) };
}

/** `nn.AdaptiveAvgPool2d` to a square of `side`. */
export function adaptiveAvgPool2d(side: number): AdaptiveAvgPool2d {
  return { type: 'AdaptiveAvgPool2d', outputSize: square(side) };
}

/** `nn.Dropout` that zeroes with probability `p`. */
export function dropout(p: number): Dropout {
  return { type: 'Dropout', p };
}

/** `torchvision.ops.StochasticDepth` in the mode `row`. */
export function stochasticDepth(p: number): StochasticDepth {
  return { type: 'StochasticDepth', p };
}

/** `nn.LayerNorm` of the last axis, as torchvision's models have it. */
export function layerNorm(numFeatures: number): LayerNorm {
  return { type: 'LayerNorm', numFeatures, eps: 1e-6 };
}

/** The same over the channels of an image. */
export function layerNorm2d(numFeatures: number): LayerNorm {
  return { ...layerNorm(numFeatures), type: 'LayerNorm2d' };
}

/** `torchvision.ops.Permute`. */
export function permute(...dims: readonly number[]): Permute {
  return { type: 'Permute', dims };
}

/** A parameter of the module itself. */
export function parameter(shape: readonly number[], use: Parameter['use']): Parameter {
  return { type: 'Parameter', shape, use };
}

export const flatten: Flatten = { type: 'Flatten' };

export const relu: Rectifier = { type: 'ReLU' };

export const relu6: Rectifier = { type: 'ReLU6' };

export const hardswish: SmoothActivation = { type: 'Hardswish' };

export const hardsigmoid: SmoothActivation = { type: 'Hardsigmoid' };

export const silu: SmoothActivation = { type: 'SiLU' };

export const gelu: SmoothActivation = { type: 'GELU' };

export const sigmoid: SmoothActivation = { type: 'Sigmoid' };

function square(side: number): Pair {
  return [side, side];
}
