import { convNeXt } from '../../../../src/core/model/convNeXt';
import { denseNet } from '../../../../src/core/model/denseNet';
import { efficientNet } from '../../../../src/core/model/efficientNet';
import type { Model } from '../../../../src/core/model/model';
import { regNet } from '../../../../src/core/model/regNet';
import { replaceHead } from '../../../../src/core/model/replaceHead';
import { vgg } from '../../../../src/core/model/vgg';
import { fixtureModel } from '../../../parity/fixtures';

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
  'convnext_tiny',
  'vitSmall',
];

/** The least side of pictures, in pixels, that one of `architectures` takes steps with; a vision transformer takes no other. */
export function smallSize(name: string): number {
  return name === 'vitSmall' ? 64 : 32;
}

/** One of `architectures`; the largest are narrow: VGG's own linear layers have 120 million weights, which take half a minute. */
export function architecture(name: string, classes: number): Model {
  switch (name) {
    case 'vgg11_bn': {
      const widths = [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'] as const;
      return vgg(name, { widths, batchNorm: true, hidden: 64, classes });
    }
    case 'convnext_tiny': {
      const stages = { widths: [24, 48, 96, 192], depths: [1, 1, 2, 1] };
      return replaceHead(convNeXt(name, { ...stages, stochasticDepthRate: 0.1 }), classes);
    }
    default:
      return replaceHead(fixtureModel(name), classes);
  }
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
