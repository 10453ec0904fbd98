import { kaimingUniform, normal, torchDefault, zeros } from './initialization';
import { sequential, type Container } from './layerTree';
import { adaptiveAvgPool2d, conv2d, dropout, maxPool2d, relu } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

const head = 'classifier.1';

/** torchvision's SqueezeNet 1.1 (Iandola et al. 2016). */
export function squeezenet1_1(): Model {
  const pool = maxPool2d(3, 2, { ceilMode: true });
  const features = sequential([
    conv2d(3, 64, 3, { stride: 2 }),
    relu,
    pool,
    fire(64, 16, 64),
    fire(128, 16, 64),
    pool,
    fire(128, 32, 128),
    fire(256, 32, 128),
    pool,
    fire(256, 48, 192),
    fire(384, 48, 192),
    fire(384, 64, 256),
    fire(512, 64, 256),
  ]);
  const classifier = sequential([dropout(0.5), conv2d(512, 1000, 1), relu, adaptiveAvgPool2d(1)]);
  return {
    name: 'squeezenet1_1',
    root: {
      type: 'SqueezeNet',
      children: [
        ['features', features],
        ['classifier', classifier],
      ],
      flow: ['features', 'classifier', { flatten: true }],
    },
    head,
    features: 'features',
    initialization: (path, layer) => {
      if (layer.type !== 'Conv2d') return torchDefault(path, layer);
      return { weight: path === head ? normal(0.01) : kaimingUniform(layer), bias: zeros };
    },
    preprocessing: imagenetPreprocessing,
  };
}

/** Squeezes to few channels, then expands by 1x1 and 3x3 convolutions side by side, each to `expanded` channels. */
function fire(inChannels: number, squeezed: number, expanded: number): Container {
  return {
    type: 'Fire',
    children: [
      ['squeeze', conv2d(inChannels, squeezed, 1)],
      ['squeeze_activation', relu],
      ['expand1x1', conv2d(squeezed, expanded, 1)],
      ['expand1x1_activation', relu],
      ['expand3x3', conv2d(squeezed, expanded, 3, { padding: 1 })],
      ['expand3x3_activation', relu],
    ],
    flow: [
      'squeeze',
      'squeeze_activation',
      {
        concat: [
          ['expand1x1', 'expand1x1_activation'],
          ['expand3x3', 'expand3x3_activation'],
        ],
      },
    ],
  };
}
