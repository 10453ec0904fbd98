import { convNormActivation, multipleOf8, squeezeExcitation } from './blocks';
import { kaimingNormal, normal, zeros } from './initialization';
import { sequential, type Activation, type Container, type Layer } from './layerTree';
import { adaptiveAvgPool2d, dropout, hardsigmoid, hardswish, linear, relu } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

/** Kernel size, expanded channels, output channels, squeeze and excitation, activation, stride. */
type Block = readonly [
  kernelSize: number,
  expanded: number,
  outChannels: number,
  squeezes: boolean,
  activation: 'RE' | 'HS',
  stride: number,
];

interface Description {
  readonly blocks: readonly Block[];
  readonly hidden: number;
  /** The short side that the published weights are to be shown, cut to 224. */
  readonly resize: number;
}

const descriptions: Readonly<Record<string, Description>> = {
  mobilenet_v3_small: {
    blocks: [
      [3, 16, 16, true, 'RE', 2],
      [3, 72, 24, false, 'RE', 2],
      [3, 88, 24, false, 'RE', 1],
      [5, 96, 40, true, 'HS', 2],
      [5, 240, 40, true, 'HS', 1],
      [5, 240, 40, true, 'HS', 1],
      [5, 120, 48, true, 'HS', 1],
      [5, 144, 48, true, 'HS', 1],
      [5, 288, 96, true, 'HS', 2],
      [5, 576, 96, true, 'HS', 1],
      [5, 576, 96, true, 'HS', 1],
    ],
    hidden: 1024,
    resize: 256,
  },
  mobilenet_v3_large: {
    blocks: [
      [3, 16, 16, false, 'RE', 1],
      [3, 64, 24, false, 'RE', 2],
      [3, 72, 24, false, 'RE', 1],
      [5, 72, 40, true, 'RE', 2],
      [5, 120, 40, true, 'RE', 1],
      [5, 120, 40, true, 'RE', 1],
      [3, 240, 80, false, 'HS', 2],
      [3, 200, 80, false, 'HS', 1],
      [3, 184, 80, false, 'HS', 1],
      [3, 184, 80, false, 'HS', 1],
      [3, 480, 112, true, 'HS', 1],
      [3, 672, 112, true, 'HS', 1],
      [5, 672, 160, true, 'HS', 2],
      [5, 960, 160, true, 'HS', 1],
      [5, 960, 160, true, 'HS', 1],
    ],
    hidden: 1280,
    resize: 232,
  },
};

const stemChannels = 16;
const norm = { eps: 0.001, momentum: 0.01 };

/** torchvision's MobileNetV3 of width 1 (Howard et al. 2019). */
export const mobileNetV3Models = Object.entries(descriptions).map(
  ([name, description]) => [name, () => mobileNetV3(name, description)] as const,
);

function mobileNetV3(name: string, { blocks, hidden, resize }: Description): Model {
  const features: Layer[] = [
    convNormActivation(3, stemChannels, 3, { ...norm, stride: 2, activation: hardswish }),
  ];
  let channels = stemChannels;
  for (const block of blocks) {
    features.push(invertedResidual(channels, block));
    channels = block[2];
  }
  const last = 6 * channels;
  features.push(convNormActivation(channels, last, 1, { ...norm, activation: hardswish }));
  return {
    name,
    root: {
      type: 'MobileNetV3',
      children: [
        ['features', sequential(features)],
        ['avgpool', adaptiveAvgPool2d(1)],
        ['classifier', sequential([linear(last, hidden), hardswish, dropout(0.2), linear(hidden, 1000)])],
      ],
      flow: ['features', 'avgpool', { flatten: true }, 'classifier'],
    },
    head: 'classifier.3',
    features: 'features',
    initialization: (_path, layer) => ({
      weight: layer.type === 'Conv2d' ? kaimingNormal(layer) : normal(0.01),
      bias: zeros,
    }),
    preprocessing: { ...imagenetPreprocessing, resize },
  };
}

function invertedResidual(inChannels: number, block: Block): Container {
  const [kernelSize, expanded, outChannels, squeezes, activationName, stride] = block;
  const activation: Activation = activationName === 'HS' ? hardswish : relu;
  const layers = [
    ...(expanded === inChannels
      ? []
      : [convNormActivation(inChannels, expanded, 1, { ...norm, activation })]),
    convNormActivation(expanded, expanded, kernelSize, { ...norm, stride, groups: expanded, activation }),
    ...(squeezes
      ? [squeezeExcitation(expanded, multipleOf8(Math.floor(expanded / 4)), { scale: hardsigmoid })]
      : []),
    convNormActivation(expanded, outChannels, 1, { ...norm, activation: undefined }),
  ];
  return {
    type: 'InvertedResidual',
    children: [['block', sequential(layers)]],
    flow: stride === 1 && inChannels === outChannels ? [{ add: [['block'], []] }] : ['block'],
  };
}
