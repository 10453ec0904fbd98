import type { Preprocessing } from '../image/preprocessing';
import { publishedImageSize } from '../recipe/publishedImageSize';
import { convNormActivation, multipleOf8, squeezeExcitation } from './blocks';
import { kaimingNormal, zeros, type Distribution, type Learnable } from './initialization';
import { sequential, type Container, type Layer } from './layerTree';
import { adaptiveAvgPool2d, dropout, linear, silu, stochasticDepth } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

/** Per stage of B0, and of Lite0: blocks, kernel size, stride of the first block, expansion, output channels. */
export const efficientNetStages = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const;

const stemChannels = 32;
/** Of a block past the last; it grows in a line from 0 at the first. */
const stochasticDepthRate = 0.2;

export interface EfficientNetDescription {
  /** Channels and blocks, by those of B0. */
  readonly width: number;
  readonly depth: number;
  readonly dropout: number;
  readonly preprocessing: Pick<Preprocessing, 'resize' | 'interpolation'>;
}

const descriptions: Readonly<Record<string, EfficientNetDescription>> = {
  efficientnet_b0: {
    ...{ width: 1, depth: 1, dropout: 0.2 },
    preprocessing: { resize: 256, interpolation: 'bicubic' },
  },
  efficientnet_b1: {
    ...{ width: 1, depth: 1.1, dropout: 0.2 },
    preprocessing: { resize: 255, interpolation: 'bilinear' },
  },
  efficientnet_b2: {
    ...{ width: 1.1, depth: 1.2, dropout: 0.3 },
    preprocessing: { resize: 288, interpolation: 'bicubic' },
  },
  efficientnet_b3: {
    ...{ width: 1.2, depth: 1.4, dropout: 0.3 },
    preprocessing: { resize: 320, interpolation: 'bicubic' },
  },
};

/** torchvision's EfficientNet B0 to B3 (Tan and Le 2019). */
export const efficientNetModels = Object.entries(descriptions).map(
  ([name, description]) => [name, () => efficientNet(name, description)] as const,
);

/** An EfficientNet of any width and depth, named and ordered as torchvision's. */
export function efficientNet(
  name: string,
  { width, depth, dropout: p, preprocessing }: EfficientNetDescription,
): Model {
  const stem = multipleOf8(stemChannels * width);
  const features: Layer[] = [convNormActivation(3, stem, 3, { stride: 2, activation: silu })];
  const counts = efficientNetStages.map(([blocks]) => Math.ceil(blocks * depth));
  const total = counts.reduce((sum, count) => sum + count, 0);
  let [channels, passed] = [stem, 0];
  for (const [stage, [, kernelSize, firstStride, expansion, published]] of efficientNetStages.entries()) {
    const outChannels = multipleOf8(published * width);
    const blocks: Container[] = [];
    for (let block = 0; block < counts[stage]!; block++) {
      const stride = block === 0 ? firstStride : 1;
      const dropRate = (stochasticDepthRate * passed++) / total;
      blocks.push(mbConv({ channels, outChannels, kernelSize, stride, expansion, dropRate }));
      channels = outChannels;
    }
    features.push(sequential(blocks));
  }
  const last = 4 * channels;
  features.push(convNormActivation(channels, last, 1, { activation: silu }));
  return {
    name,
    root: {
      type: 'EfficientNet',
      children: [
        ['features', sequential(features)],
        ['avgpool', adaptiveAvgPool2d(1)],
        ['classifier', sequential([dropout(p), linear(last, 1000)])],
      ],
      flow: ['features', 'avgpool', { flatten: true }, 'classifier'],
    },
    head: 'classifier.1',
    features: 'features',
    initialization: (_path, layer) => ({
      weight: layer.type === 'Conv2d' ? kaimingNormal(layer) : uniformByOutputs(layer),
      bias: zeros,
    }),
    preprocessing: { ...imagenetPreprocessing, crop: publishedImageSize(name), ...preprocessing },
  };
}

function uniformByOutputs(layer: Learnable): Distribution {
  return { type: 'uniform', bound: layer.type === 'Linear' ? 1 / Math.sqrt(layer.outFeatures) : 0 };
}

/** An inverted bottleneck, in the words of both kinds of EfficientNet. */
export interface BlockDescription {
  readonly channels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly expansion: number;
  readonly dropRate: number;
}

function mbConv(description: BlockDescription): Container {
  const { channels, outChannels, kernelSize, stride, expansion, dropRate } = description;
  const hidden = multipleOf8(channels * expansion);
  const block = sequential([
    ...(hidden === channels ? [] : [convNormActivation(channels, hidden, 1, { activation: silu })]),
    convNormActivation(hidden, hidden, kernelSize, { stride, groups: hidden, activation: silu }),
    squeezeExcitation(hidden, Math.floor(channels / 4), { activation: silu }),
    convNormActivation(hidden, outChannels, 1, { activation: undefined }),
  ]);
  const adds = stride === 1 && channels === outChannels;
  return {
    type: 'MBConv',
    children: [
      ['block', block],
      ['stochastic_depth', stochasticDepth(dropRate)],
    ],
    flow: adds ? [{ add: [['block', 'stochastic_depth'], []] }] : ['block'],
  };
}
