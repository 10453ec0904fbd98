import { kaimingNormal, normal, zeros } from './initialization';
import { sequential, type Container, type Layer } from './layerTree';
import { adaptiveAvgPool2d, batchNorm2d, conv2d, dropout, linear, maxPool2d, relu } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

export interface VggDescription {
  /** Output channels of the 3x3 convolutions in order; `M` is a max pool that halves height and width. */
  readonly widths: readonly (number | 'M')[];
  readonly batchNorm: boolean;
  /** Units of the two hidden linear layers. */
  readonly hidden?: number;
  readonly dropout?: number;
  readonly classes?: number;
}

const stageWidths = [64, 128, 256, 512, 512];

/** Convolutions in each of the five stages. */
const depths = {
  vgg11: [1, 1, 2, 2, 2],
  vgg13: [2, 2, 2, 2, 2],
  vgg16: [2, 2, 3, 3, 3],
  vgg19: [2, 2, 4, 4, 4],
};

/** torchvision's VGG family, with and without batch norm (Simonyan & Zisserman 2014). */
export const vggModels: readonly (readonly [name: string, build: () => Model])[] = Object.entries(
  depths,
).flatMap(([name, stages]) => {
  const widths = stages.flatMap((depth, stage) => [
    ...Array<number>(depth).fill(stageWidths[stage]!),
    'M' as const,
  ]);
  return [
    [name, () => vgg(name, { widths, batchNorm: false })],
    [`${name}_bn`, () => vgg(`${name}_bn`, { widths, batchNorm: true })],
  ] as const;
});

/** A VGG of any widths, named and ordered as torchvision's. */
export function vgg(name: string, description: VggDescription): Model {
  const { widths, batchNorm, hidden = 4096, dropout: p = 0.5, classes = 1000 } = description;
  const features: Layer[] = [];
  let channels = 3;
  for (const width of widths) {
    if (width === 'M') {
      features.push(maxPool2d(2, 2));
      continue;
    }
    features.push(conv2d(channels, width, 3, { padding: 1 }));
    if (batchNorm) features.push(batchNorm2d(width));
    features.push(relu);
    channels = width;
  }
  const root: Container = {
    type: 'VGG',
    children: [
      ['features', sequential(features)],
      ['avgpool', adaptiveAvgPool2d(7)],
      [
        'classifier',
        sequential([
          linear(channels * 7 * 7, hidden),
          relu,
          dropout(p),
          linear(hidden, hidden),
          relu,
          dropout(p),
          linear(hidden, classes),
        ]),
      ],
    ],
    flow: ['features', 'avgpool', { flatten: true }, 'classifier'],
  };
  return {
    name,
    root,
    head: 'classifier.6',
    features: 'features',
    initialization: (_path, layer) => ({
      weight: layer.type === 'Conv2d' ? kaimingNormal(layer) : normal(0.01),
      bias: zeros,
    }),
    preprocessing: imagenetPreprocessing,
  };
}
