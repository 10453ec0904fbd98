import { findModel } from '../../../../src/core/model/catalog';
import { denseNet } from '../../../../src/core/model/denseNet';
import { efficientNet } from '../../../../src/core/model/efficientNet';
import type { Model } from '../../../../src/core/model/model';
import { regNet } from '../../../../src/core/model/regNet';
import { replaceHead } from '../../../../src/core/model/replaceHead';
import { vgg } from '../../../../src/core/model/vgg';

/** One of each architecture; the others repeat more of the same, and their logits are PyTorch's too. */
export const architectures = [
  'resnet18',
  'resnet50',
  'vgg11_bn',
  'squeezenet1_1',
  'densenet121',
  'regnet_y_400mf',
  'mobilenet_v2',
  'mobilenet_v3_small',
  'efficientnet_lite0',
  'efficientnet_b0',
];

/** One of `architectures`; VGG's linear layers are narrow: its own have 120 million weights, which take half a minute. */
export function architecture(name: string, classes: number): Model {
  if (name !== 'vgg11_bn') return replaceHead(findModel(name), classes);
  const widths = [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'] as const;
  return vgg(name, { widths, batchNorm: true, hidden: 64, classes });
}

/** The same for an engine that is slow here: the deepest have a block or two of each stage. */
export function shallowArchitecture(name: string, classes: number): Model {
  switch (name) {
    case 'densenet121':
      return replaceHead(denseNet(name, [2, 1, 1, 1]), classes);
    case 'regnet_y_400mf':
      return replaceHead(
        regNet(name, { depths: [1, 2, 1, 1], widths: [16, 32, 48, 64], groupWidth: 8 }),
        classes,
      );
    case 'efficientnet_b0': {
      const preprocessing = { resize: 256, interpolation: 'bicubic' } as const;
      return replaceHead(efficientNet(name, { width: 0.5, depth: 0.5, dropout: 0, preprocessing }), classes);
    }
    default:
      return architecture(name, classes);
  }
}
