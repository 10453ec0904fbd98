import { efficientNetStages, type BlockDescription } from './efficientNet';
import { torchDefault } from './initialization';
import { sequential, type Container, type Flow } from './layerTree';
import { adaptiveAvgPool2d, batchNorm2d, conv2d, dropout, linear, relu6, stochasticDepth } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

const stemChannels = 32;
const headChannels = 1280;
/** Stochastic depth of a block past the last; it grows in a line from 0 at the first. */
const dropConnectRate = 0.2;

/** EfficientNet-Lite0, with the module names of the public PyTorch port `efficientnet_lite_pytorch`. */
export function efficientnet_lite0(): Model {
  const blockCount = efficientNetStages.reduce((sum, [blocks]) => sum + blocks, 0);
  const blocks: Container[] = [];
  let channels = stemChannels;
  for (const [repeats, kernelSize, firstStride, expansion, outChannels] of efficientNetStages) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const stride = repeat === 0 ? firstStride : 1;
      const dropRate = (dropConnectRate * blocks.length) / blockCount;
      blocks.push(mbConvBlock({ channels, outChannels, kernelSize, stride, expansion, dropRate }));
      channels = outChannels;
    }
  }
  return {
    name: 'efficientnet_lite0',
    root: {
      type: 'EfficientNet',
      children: [
        ['_conv_stem', convolution(3, stemChannels, 3, { stride: 2 })],
        ['_bn0', batchNorm(stemChannels)],
        ['_blocks', sequential(blocks, 'ModuleList')],
        ['_conv_head', convolution(channels, headChannels, 1)],
        ['_bn1', batchNorm(headChannels)],
        ['_avg_pooling', adaptiveAvgPool2d(1)],
        ['_dropout', dropout(0.2)],
        ['_fc', linear(headChannels, 1000)],
        ['_swish', relu6],
      ],
      flow: [
        '_conv_stem',
        '_bn0',
        '_swish',
        '_blocks',
        '_conv_head',
        '_bn1',
        '_swish',
        '_avg_pooling',
        { flatten: true },
        '_dropout',
        '_fc',
      ],
    },
    head: '_fc',
    features: '_swish',
    initialization: torchDefault,
    preprocessing: {
      ...imagenetPreprocessing,
      mean: [127 / 255, 127 / 255, 127 / 255],
      std: [128 / 255, 128 / 255, 128 / 255],
    },
  };
}

function mbConvBlock(block: BlockDescription): Container {
  const { channels, outChannels, kernelSize, stride, expansion, dropRate } = block;
  const hidden = channels * expansion;
  const expands = expansion !== 1;
  const branch: Flow = [
    ...(expands ? ['_expand_conv', '_bn0', '_swish'] : []),
    '_depthwise_conv',
    '_bn1',
    '_swish',
    '_project_conv',
    '_bn2',
  ];
  const dropPath: Flow = dropRate === 0 ? [] : [{ apply: stochasticDepth(dropRate) }];
  return {
    type: 'MBConvBlock',
    children: [
      ...(expands
        ? ([
            ['_expand_conv', convolution(channels, hidden, 1)],
            ['_bn0', batchNorm(hidden)],
          ] as const)
        : []),
      ['_depthwise_conv', convolution(hidden, hidden, kernelSize, { stride, groups: hidden })],
      ['_bn1', batchNorm(hidden)],
      ['_project_conv', convolution(hidden, outChannels, 1)],
      ['_bn2', batchNorm(outChannels)],
      ['_swish', relu6],
    ],
    flow: stride === 1 && channels === outChannels ? [{ add: [[...branch, ...dropPath], []] }] : branch,
  };
}

function convolution(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  options: { readonly stride?: number; readonly groups?: number } = {},
) {
  return conv2d(inChannels, outChannels, kernelSize, { ...options, padding: 'same', bias: false });
}

function batchNorm(numFeatures: number) {
  return batchNorm2d(numFeatures, { eps: 1e-3, momentum: 0.01 });
}
