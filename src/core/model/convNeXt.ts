import { normal, zeros, type InitialValues } from './initialization';
import { sequential, type Container, type Layer } from './layerTree';
import {
  adaptiveAvgPool2d,
  conv2d,
  flatten,
  gelu,
  layerNorm,
  layerNorm2d,
  linear,
  parameter,
  permute,
  stochasticDepth,
} from './leaves';
import { imagenetPreprocessing, type Model } from './model';

export interface ConvNeXtDescription {
  /** Channels and blocks of each stage. */
  readonly widths: readonly number[];
  readonly depths: readonly number[];
  /** Stochastic depth of the last block; it grows in a line from 0 at the first. */
  readonly stochasticDepthRate: number;
}

const layerScale = 1e-6;

/** torchvision's ConvNeXt Tiny (Liu et al. 2022). */
export function convnext_tiny(): Model {
  return convNeXt('convnext_tiny', {
    widths: [96, 192, 384, 768],
    depths: [3, 3, 9, 3],
    stochasticDepthRate: 0.1,
  });
}

/** A ConvNeXt of any widths, named and ordered as torchvision's. */
export function convNeXt(name: string, description: ConvNeXtDescription): Model {
  const { widths, depths, stochasticDepthRate } = description;
  const total = depths.reduce((sum, depth) => sum + depth, 0);
  const features: Layer[] = [
    sequential([conv2d(3, widths[0]!, 4, { stride: 4 }), layerNorm2d(widths[0]!)], 'Conv2dNormActivation'),
  ];
  let passed = 0;
  for (const [stage, width] of widths.entries()) {
    const blocks = Array.from({ length: depths[stage]! }, () =>
      block(width, (stochasticDepthRate * passed++) / (total - 1)),
    );
    features.push(sequential(blocks));
    const next = widths[stage + 1];
    if (next !== undefined) {
      features.push(sequential([layerNorm2d(width), conv2d(width, next, 2, { stride: 2 })]));
    }
  }
  const last = widths.at(-1)!;
  return {
    name,
    root: {
      type: 'ConvNeXt',
      children: [
        ['features', sequential(features)],
        ['avgpool', adaptiveAvgPool2d(1)],
        ['classifier', sequential([layerNorm2d(last), flatten, linear(last, 1000)])],
      ],
      flow: ['features', 'avgpool', 'classifier'],
    },
    head: 'classifier.2',
    features: 'features',
    initialization: (_path, layer): InitialValues =>
      layer.type === 'Parameter'
        ? { weight: { type: 'constant', value: layerScale }, bias: zeros }
        : { weight: normal(0.02), bias: zeros },
    preprocessing: { ...imagenetPreprocessing, resize: 236 },
  };
}

function block(width: number, dropRate: number): Container {
  const branch = sequential([
    conv2d(width, width, 7, { padding: 3, groups: width }),
    permute(0, 2, 3, 1),
    layerNorm(width),
    linear(width, 4 * width),
    gelu,
    linear(4 * width, width),
    permute(0, 3, 1, 2),
  ]);
  return {
    type: 'CNBlock',
    children: [
      ['layer_scale', parameter([width, 1, 1], 'scale')],
      ['block', branch],
      ['stochastic_depth', stochasticDepth(dropRate)],
    ],
    flow: [{ add: [['block', 'layer_scale', 'stochastic_depth'], []] }],
  };
}
