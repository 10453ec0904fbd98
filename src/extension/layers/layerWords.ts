import { isContainer, isDepthwise, type Layer } from '../../core/model/layerTree';
import { t } from '../../protocol/language';

/** What a module does, in a plain sentence. */
export function layerWords(layer: Layer): string {
  if (isContainer(layer)) return containerWords(layer.type, layer.children.length);
  switch (layer.type) {
    case 'Conv2d': {
      const [height, width] = layer.kernelSize;
      if (isDepthwise(layer)) {
        return t(
          'Looks at each of its {0} channels by itself, through windows of {1} x {2}, and finds one pattern in each.',
          layer.inChannels,
          height,
          width,
        );
      }
      if (layer.groups > 1) {
        return t(
          'Looks at its {0} channels in {1} groups, through windows of {2} x {3}, and finds {4} patterns in each.',
          layer.inChannels,
          layer.groups,
          height,
          width,
          layer.outChannels / layer.groups,
        );
      }
      if (height === 1 && width === 1) {
        return t(
          'Mixes {0} channels into {1}, at every place by itself.',
          layer.inChannels,
          layer.outChannels,
        );
      }
      return t(
        'Looks at {0} channels through windows of {1} x {2} and finds {3} patterns: edges and colours near the picture, parts of things further up.',
        layer.inChannels,
        height,
        width,
        layer.outChannels,
      );
    }
    case 'BatchNorm2d':
      return t(
        'Brings each of {0} channels to a common scale, by a mean and a variance that it remembers.',
        layer.numFeatures,
      );
    case 'LayerNorm':
    case 'LayerNorm2d':
      return t(
        'Brings the {0} features of each place to a common scale, by their own mean and variance.',
        layer.numFeatures,
      );
    case 'Permute':
      return t('Changes the order of axes, and no value.');
    case 'Flatten':
      return t('Makes one row of all values, and changes none.');
    case 'Parameter':
      return parameterWords(layer.use);
    case 'InProjection':
      return t(
        'Makes of the {0} features of each part of the picture what it asks, what it answers to and what it says.',
        layer.features,
      );
    case 'Linear':
      return t(
        'Weighs {0} features against each other, once for each of {1} outputs.',
        layer.inFeatures,
        layer.outFeatures,
      );
    case 'MaxPool2d':
      return t(
        'Keeps the strongest answer of each window of {0}: the picture shrinks.',
        layer.kernelSize.join(' x '),
      );
    case 'AvgPool2d':
      return t(
        'Averages the answers of each window of {0}: the picture shrinks.',
        layer.kernelSize.join(' x '),
      );
    case 'AdaptiveAvgPool2d':
      return t(
        'Averages each channel into {0} numbers, whatever the size of the picture.',
        layer.outputSize.join(' x '),
      );
    case 'Dropout':
      return t(
        'Leaves out {0} of its inputs at random while it trains, so that nothing is learnt by heart.',
        shareText(layer.p),
      );
    case 'StochasticDepth':
      return layer.p === 0
        ? t('Passes on what it gets; in later blocks the branch is left out now and then.')
        : t(
            'Leaves out its whole branch for {0} of the pictures at random while it trains.',
            shareText(layer.p),
          );
    case 'ReLU':
      return t('Lets positive numbers pass and makes negative ones 0.');
    case 'ReLU6':
      return t('Lets numbers from 0 to 6 pass; others become the nearer of the two.');
    case 'Hardswish':
    case 'SiLU':
    case 'GELU':
      return t('Lets large numbers pass and makes small ones 0, with a smooth passage between.');
    case 'Hardsigmoid':
    case 'Sigmoid':
      return t('Brings numbers between 0 and 1, the large ones near 1.');
  }
}

function parameterWords(use: 'scale' | 'add' | 'prepend'): string {
  switch (use) {
    case 'scale':
      return t('A number for each channel, by which it is multiplied.');
    case 'add':
      return t('Added to each part of the picture: it tells where the part was.');
    case 'prepend':
      return t('Put before the parts of the picture: what it gathers from them is what is classified.');
  }
}

function shareText(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** What freezing a module means, in a plain sentence. */
export function freezeWords(layer: Layer, frozenBatchNorm: 'eval' | 'train'): string {
  if (isContainer(layer))
    return t('Frozen, all below it keeps its weights; what is trained learns on top of that.');
  switch (layer.type) {
    case 'Conv2d':
    case 'Linear':
    case 'LayerNorm':
    case 'LayerNorm2d':
    case 'Parameter':
    case 'InProjection':
      return t('Frozen, it keeps the weights that it has and gets no gradient.');
    case 'BatchNorm2d':
      return frozenBatchNorm === 'eval'
        ? t('Frozen, its weights and its mean and variance stay as they are.')
        : t(
            'Frozen, its weights stay as they are; its mean and variance still follow the pictures ("frozenBatchNorm": "train").',
          );
    case 'Dropout':
    case 'StochasticDepth':
      return t('Frozen, it leaves nothing out.');
    case 'MaxPool2d':
    case 'AvgPool2d':
    case 'AdaptiveAvgPool2d':
    case 'ReLU':
    case 'ReLU6':
    case 'Hardswish':
    case 'Hardsigmoid':
    case 'SiLU':
    case 'Sigmoid':
    case 'GELU':
    case 'Permute':
    case 'Flatten':
      return t('It has no weights: frozen or not, it does the same.');
  }
}

function containerWords(type: string, children: number): string {
  switch (type) {
    case 'BasicBlock':
    case 'Bottleneck':
      return t('A residual block: what goes in is added to what its convolutions make of it.');
    case '_DenseLayer':
      return t('Finds a few new patterns in all that the layers of its block found before it.');
    case '_DenseBlock':
      return t('{0} layers, of which each sees what all before it found and adds its own.', children);
    case '_Transition':
      return t('Halves the channels and the size of the picture.');
    case 'ResBottleneckBlock':
      return t(
        'A residual block: what goes in is added to what its convolutions, in groups of channels, make of it.',
      );
    case 'CNBlock':
      return t(
        'Looks at each channel through large windows, then mixes the channels of each place; what went in is added.',
      );
    case 'EncoderBlock':
      return t(
        'Lets the parts of the picture look at each other, then works on each by itself; what went in is added each time.',
      );
    case 'MultiheadAttention':
      return t('Each part of the picture takes from the others what it asks for.');
    case 'Fire':
      return t('Squeezes the channels to a few, then expands them by two kinds of windows side by side.');
    case 'InvertedResidual':
    case 'MBConvBlock':
    case 'MBConv':
      return t(
        'Widens the channels, looks at each by itself, and narrows them again; where shapes allow, what went in is added.',
      );
    case 'SqueezeExcitation':
      return t(
        'Weighs the channels: sees what each says in the mean of the picture, and turns it up or down.',
      );
    case 'Conv2dNormActivation':
      return t('A convolution with its normalization and, where it has one, its activation.');
    default:
      return t('{0} modules, one after another.', children);
  }
}
