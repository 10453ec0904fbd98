import { isContainer, isDepthwise, type Layer } from '../../core/model/layerTree';

/** What a module does, in a plain sentence. */
export function layerWords(layer: Layer): string {
  if (isContainer(layer)) return containerWords(layer.type, layer.children.length);
  switch (layer.type) {
    case 'Conv2d': {
      const [height, width] = layer.kernelSize;
      if (isDepthwise(layer)) {
        return `Looks at each of its ${layer.inChannels} channels by itself, through windows of ${height} x ${width}, and finds one pattern in each.`;
      }
      if (layer.groups > 1) {
        return `Looks at its ${layer.inChannels} channels in ${layer.groups} groups, through windows of ${height} x ${width}, and finds ${layer.outChannels / layer.groups} patterns in each.`;
      }
      if (height === 1 && width === 1) {
        return `Mixes ${layer.inChannels} channels into ${layer.outChannels}, at every place by itself.`;
      }
      return `Looks at ${layer.inChannels} channels through windows of ${height} x ${width} and finds ${layer.outChannels} patterns: edges and colours near the picture, parts of things further up.`;
    }
    case 'BatchNorm2d':
      return `Brings each of ${layer.numFeatures} channels to a common scale, by a mean and a variance that it remembers.`;
    case 'Linear':
      return `Weighs ${layer.inFeatures} features against each other, once for each of ${layer.outFeatures} outputs.`;
    case 'MaxPool2d':
      return `Keeps the strongest answer of each window of ${layer.kernelSize.join(' x ')}: the picture shrinks.`;
    case 'AvgPool2d':
      return `Averages the answers of each window of ${layer.kernelSize.join(' x ')}: the picture shrinks.`;
    case 'AdaptiveAvgPool2d':
      return `Averages each channel into ${layer.outputSize.join(' x ')} numbers, whatever the size of the picture.`;
    case 'Dropout':
      return `Leaves out ${shareText(layer.p)} of its inputs at random while it trains, so that nothing is learnt by heart.`;
    case 'StochasticDepth':
      return layer.p === 0
        ? 'Passes on what it gets; in later blocks the branch is left out now and then.'
        : `Leaves out its whole branch for ${shareText(layer.p)} of the pictures at random while it trains.`;
    case 'ReLU':
      return 'Lets positive numbers pass and makes negative ones 0.';
    case 'ReLU6':
      return 'Lets numbers from 0 to 6 pass; others become the nearer of the two.';
    case 'Hardswish':
    case 'SiLU':
      return 'Lets large numbers pass and makes small ones 0, with a smooth passage between.';
    case 'Hardsigmoid':
    case 'Sigmoid':
      return 'Brings numbers between 0 and 1, the large ones near 1.';
  }
}

function shareText(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** What freezing a module means, in a plain sentence. */
export function freezeWords(layer: Layer, frozenBatchNorm: 'eval' | 'train'): string {
  if (isContainer(layer))
    return 'Frozen, all below it keeps its weights; what is trained learns on top of that.';
  switch (layer.type) {
    case 'Conv2d':
    case 'Linear':
      return 'Frozen, it keeps the weights that it has and gets no gradient.';
    case 'BatchNorm2d':
      return frozenBatchNorm === 'eval'
        ? 'Frozen, its weights and its mean and variance stay as they are.'
        : 'Frozen, its weights stay as they are; its mean and variance still follow the pictures ("frozenBatchNorm": "train").';
    case 'Dropout':
    case 'StochasticDepth':
      return 'Frozen, it leaves nothing out.';
    case 'MaxPool2d':
    case 'AvgPool2d':
    case 'AdaptiveAvgPool2d':
    case 'ReLU':
    case 'ReLU6':
    case 'Hardswish':
    case 'Hardsigmoid':
    case 'SiLU':
    case 'Sigmoid':
      return 'It has no weights: frozen or not, it does the same.';
  }
}

function containerWords(type: string, children: number): string {
  switch (type) {
    case 'BasicBlock':
    case 'Bottleneck':
      return 'A residual block: what goes in is added to what its convolutions make of it.';
    case '_DenseLayer':
      return 'Finds a few new patterns in all that the layers of its block found before it.';
    case '_DenseBlock':
      return `${children} layers, of which each sees what all before it found and adds its own.`;
    case '_Transition':
      return 'Halves the channels and the size of the picture.';
    case 'ResBottleneckBlock':
      return 'A residual block: what goes in is added to what its convolutions, in groups of channels, make of it.';
    case 'Fire':
      return 'Squeezes the channels to a few, then expands them by two kinds of windows side by side.';
    case 'InvertedResidual':
    case 'MBConvBlock':
    case 'MBConv':
      return 'Widens the channels, looks at each by itself, and narrows them again; where shapes allow, what went in is added.';
    case 'SqueezeExcitation':
      return 'Weighs the channels: sees what each says in the mean of the picture, and turns it up or down.';
    case 'Conv2dNormActivation':
      return 'A convolution with its batch norm and activation.';
    default:
      return `${children} modules, one after another.`;
  }
}
