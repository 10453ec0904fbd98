import type { Conv2d, Leaf, Linear } from './layerTree';

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

/** How an architecture starts untrained: for each convolution and linear layer, by its path. Batch norms start at 1 and 0. */
export type Initialization = (path: string, layer: Conv2d | Linear) => InitialValues;

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
export function hasInitialValues(layer: Leaf): layer is Conv2d | Linear {
  return layer.type === 'Conv2d' || layer.type === 'Linear';
}

function fanIn(layer: Conv2d | Linear): number {
  return layer.type === 'Linear' ? layer.inFeatures : (layer.inChannels / layer.groups) * area(layer);
}

function area({ kernelSize: [height, width] }: Conv2d): number {
  return height * width;
}
