import { kaimingNormalByInputs, torchDefault, zeros } from './initialization';
import { sequential, type Container, type Flow, type Layer } from './layerTree';
import { adaptiveAvgPool2d, avgPool2d, batchNorm2d, conv2d, linear, maxPool2d, relu } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

/** Channels that each layer adds. */
const growth = 32;
/** Channels within a layer, by those it adds. */
const bottleneck = 4;
const stemChannels = 64;

/** Files from before dots were forbidden in names have `norm.1` for `norm1`. */
const oldKey = /^(.*denselayer\d+\.(?:norm|relu|conv))\.([12]\.\w+)$/;

/** torchvision's DenseNet-121 (Huang et al. 2017). */
export function densenet121(): Model {
  return denseNet('densenet121', [6, 12, 24, 16]);
}

/** A DenseNet of blocks with so many layers, named and ordered as torchvision's. */
export function denseNet(name: string, blockLayers: readonly number[]): Model {
  const features: (readonly [name: string, layer: Layer])[] = [
    ['conv0', conv2d(3, stemChannels, 7, { stride: 2, padding: 3, bias: false })],
    ['norm0', batchNorm2d(stemChannels)],
    ['relu0', relu],
    ['pool0', maxPool2d(3, 2, { padding: 1 })],
  ];
  let channels = stemChannels;
  for (const [index, layers] of blockLayers.entries()) {
    features.push([`denseblock${index + 1}`, denseBlock(channels, layers)]);
    channels += layers * growth;
    if (index === blockLayers.length - 1) continue;
    features.push([`transition${index + 1}`, transition(channels, channels / 2)]);
    channels /= 2;
  }
  features.push(['norm5', batchNorm2d(channels)]);
  return {
    name,
    root: {
      type: 'DenseNet',
      children: [
        ['features', sequential(features)],
        ['classifier', linear(channels, 1000)],
      ],
      flow: ['features', { apply: relu }, { apply: adaptiveAvgPool2d(1) }, { flatten: true }, 'classifier'],
    },
    head: 'classifier',
    features: 'features',
    initialization: (path, layer) =>
      layer.type === 'Conv2d'
        ? { weight: kaimingNormalByInputs(layer), bias: zeros }
        : { weight: torchDefault(path, layer).weight, bias: zeros },
    preprocessing: imagenetPreprocessing,
    publishedKey: key => key.replace(oldKey, '$1$2'),
  };
}

/** Layers of which each sees what went into the block and what all layers before it made. */
function denseBlock(channels: number, layers: number): Container {
  const children = Array.from(
    { length: layers },
    (_, index) => [`denselayer${index + 1}`, denseLayer(channels + index * growth)] as const,
  );
  const flow: Flow = children.map(([name]) => ({ concat: [[], [name]] }));
  return { type: '_DenseBlock', children, flow };
}

function denseLayer(channels: number): Container {
  const width = bottleneck * growth;
  return sequential(
    [
      ['norm1', batchNorm2d(channels)],
      ['relu1', relu],
      ['conv1', conv2d(channels, width, 1, { bias: false })],
      ['norm2', batchNorm2d(width)],
      ['relu2', relu],
      ['conv2', conv2d(width, growth, 3, { padding: 1, bias: false })],
    ],
    '_DenseLayer',
  );
}

function transition(channels: number, outChannels: number): Container {
  return sequential(
    [
      ['norm', batchNorm2d(channels)],
      ['relu', relu],
      ['conv', conv2d(channels, outChannels, 1, { bias: false })],
      ['pool', avgPool2d(2)],
    ],
    '_Transition',
  );
}
