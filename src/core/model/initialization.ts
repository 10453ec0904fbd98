import type { Conv2d, InProjection, Leaf, Linear, Parameter } from './layerTree';

/** What the values of a fresh tensor are drawn from. */
export type Distribution =
  | { readonly type: 'constant'; readonly value: number }
  | { readonly type: 'normal'; readonly standardDeviation: number }
  /** Between -bound and bound. */
  | { readonly type: 'uniform'; readonly bound: number };

export interface InitialValues {
  readonly weight: Distribution;
  readonly bias: Distribution;
}

/** What starts with values of its architecture's; normalizations start at 1 and 0. */
export type Learnable = Conv2d | Linear | InProjection | Parameter;

/** How an architecture starts untrained: each layer, by its path. */
export type Initialization = (path: string, layer: Learnable) => InitialValues;

export const zeros: Distribution = { type: 'constant', value: 0 };

/** What `nn.Conv2d` and `nn.Linear` start with by themselves: everything uniform within 1 / sqrt(fan in). */
export const torchDefault: Initialization = (_path, layer) => {
  const distribution: Distribution = { type: 'uniform', bound: 1 / Math.sqrt(fanIn(layer)) };
  return { weight: distribution, bias: distribution };
};

/** `nn.init.normal_` with mean 0. */
export function normal(standardDeviation: number): Distribution {
  return { type: 'normal', standardDeviation };
}

/** `kaiming_normal_(mode='fan_out', nonlinearity='relu')` (He et al. 2015). */
export function kaimingNormal(layer: Conv2d): Distribution {
  return normal(Math.sqrt(2 / (layer.outChannels * area(layer))));
}

/** `kaiming_normal_` as it comes: by fan in, with the gain of a ReLU. */
export function kaimingNormalByInputs(layer: Conv2d): Distribution {
  return normal(Math.sqrt(2 / fanIn(layer)));
}

/** `kaiming_uniform_` as it comes: by fan in, with the gain of a ReLU. */
export function kaimingUniform(layer: Conv2d): Distribution {
  return { type: 'uniform', bound: Math.sqrt(6 / fanIn(layer)) };
}

/** Whether a module starts from an Initialization. */
export function hasInitialValues(layer: Leaf): layer is Learnable {
  return ['Conv2d', 'Linear', 'InProjection', 'Parameter'].includes(layer.type);
}

function fanIn(layer: Learnable): number {
  switch (layer.type) {
    case 'Conv2d':
      return (layer.inChannels / layer.groups) * area(layer);
    case 'Linear':
      return layer.inFeatures;
    case 'InProjection':
      return layer.features;
    case 'Parameter':
      return layer.shape.at(-1)!;
  }
}

function area({ kernelSize: [height, width] }: Conv2d): number {
  return height * width;
}
