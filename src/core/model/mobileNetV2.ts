import { convNormActivation, type NormActivationOptions } from './blocks';
import { kaimingNormal, normal, zeros } from './initialization';
import { sequential, type Container, type Layer } from './layerTree';
import { adaptiveAvgPool2d, batchNorm2d, conv2d, dropout, linear, relu6 } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

/** Per stage: expansion, output channels, blocks, stride of the first block. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const stemChannels = 32;
const lastChannels = 1280;

/** torchvision's MobileNetV2 of width 1 (Sandler et al. 2018). */
export function mobilenet_v2(): Model {
  const features: Layer[] = [convolution(3, stemChannels, 3, { stride: 2 })];
  let channels = stemChannels;
  for (const [expansion, outChannels, blocks, stride] of stages) {
    for (let block = 0; block < blocks; block++) {
      features.push(invertedResidual(channels, outChannels, expansion, block === 0 ? stride : 1));
      channels = outChannels;
    }
  }
  features.push(convolution(channels, lastChannels, 1));
  return {
    name: 'mobilenet_v2',
    root: {
      type: 'MobileNetV2',
      children: [
        ['features', sequential(features)],
        ['classifier', sequential([dropout(0.2), linear(lastChannels, 1000)])],
      ],
      flow: ['features', { apply: adaptiveAvgPool2d(1) }, { flatten: true }, 'classifier'],
    },
    head: 'classifier.1',
    features: 'features',
    initialization: (_path, layer) => ({
      weight: layer.type === 'Conv2d' ? kaimingNormal(layer) : normal(0.01),
      bias: zeros,
    }),
    preprocessing: imagenetPreprocessing,
  };
}

function invertedResidual(
  inChannels: number,
  outChannels: number,
  expansion: number,
  stride: number,
): Container {
  const hidden = inChannels * expansion;
  const conv = sequential([
    ...(expansion === 1 ? [] : [convolution(inChannels, hidden, 1)]),
    convolution(hidden, hidden, 3, { stride, groups: hidden }),
    conv2d(hidden, outChannels, 1, { bias: false }),
    batchNorm2d(outChannels),
  ]);
  return {
    type: 'InvertedResidual',
    children: [['conv', conv]],
    flow: stride === 1 && inChannels === outChannels ? [{ add: [[], ['conv']] }] : ['conv'],
  };
}

function convolution(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: Omit<NormActivationOptions, 'activation'> = {},
): Container {
  return convNormActivation(inChannels, outChannels, kernelSize, { ...options, activation: relu6 });
}
