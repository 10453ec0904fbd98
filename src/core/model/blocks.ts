import { sequential, type Activation, type Container, type Layer } from './layerTree';
import { adaptiveAvgPool2d, batchNorm2d, conv2d, relu, sigmoid } from './leaves';

export interface NormActivationOptions {
  readonly stride?: number;
  readonly groups?: number;
  /** Of the batch norm, PyTorch's defaults unless given. */
  readonly eps?: number;
  readonly momentum?: number;
  /** Undefined: there is none. */
  readonly activation: Activation | undefined;
}

/** `torchvision.ops.Conv2dNormActivation`: a square convolution that keeps the size but for its stride, its batch norm, its activation. */
export function convNormActivation(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  { activation, eps, momentum, ...options }: NormActivationOptions,
): Container {
  const padding = (kernelSize - 1) / 2;
  const layers: Layer[] = [
    conv2d(inChannels, outChannels, kernelSize, { ...options, padding, bias: false }),
    batchNorm2d(outChannels, { ...(eps && { eps }), ...(momentum && { momentum }) }),
  ];
  return sequential(activation ? [...layers, activation] : layers, 'Conv2dNormActivation');
}

/**
 * `torchvision.ops.SqueezeExcitation` (Hu et al. 2018): each channel is multiplied by what two convolutions make of the
 * means of all channels.
 */
export function squeezeExcitation(
  channels: number,
  squeezed: number,
  { activation = relu, scale = sigmoid }: { activation?: Activation; scale?: Activation } = {},
): Container {
  return {
    type: 'SqueezeExcitation',
    children: [
      ['avgpool', adaptiveAvgPool2d(1)],
      ['fc1', conv2d(channels, squeezed, 1)],
      ['fc2', conv2d(squeezed, channels, 1)],
      ['activation', activation],
      ['scale_activation', scale],
    ],
    flow: [{ multiply: [[], ['avgpool', 'fc1', 'activation', 'fc2', 'scale_activation']] }],
  };
}

/** Channels near a number, a multiple of 8 and never below nine tenths of it: torchvision's `_make_divisible`. */
export function multipleOf8(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
