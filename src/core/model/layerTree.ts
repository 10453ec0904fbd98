/**
 * A model as a tree of modules without tensors. Names, nesting and hyperparameters are torchvision's; the same
 * description gives the tree a person sees, the forward pass and the keys of the state dict.
 */
export type Layer = Leaf | Container;

export type Pair = readonly [height: number, width: number];

/** `same` is TensorFlow's rule, as EfficientNet-Lite uses it: output = ceil(input / stride), the odd pixel at the end. */
export type Padding = Pair | 'same';

export interface Conv2d {
  readonly type: 'Conv2d';
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
  readonly groups: number;
  readonly bias: boolean;
}

/** Whether every channel has a filter of its own. */
export function isDepthwise({ groups, inChannels, outChannels }: Conv2d): boolean {
  return groups > 1 && groups === inChannels && groups === outChannels;
}

export interface BatchNorm2d {
  readonly type: 'BatchNorm2d';
  readonly numFeatures: number;
  readonly eps: number;
  /** Share of the new batch in the running statistics, PyTorch's sense (0.1). */
  readonly momentum: number;
}

export interface Linear {
  readonly type: 'Linear';
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
}

export interface MaxPool2d {
  readonly type: 'MaxPool2d';
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly ceilMode: boolean;
}

/** Without padding; what is over at the end is left out. */
export interface AvgPool2d {
  readonly type: 'AvgPool2d';
  readonly kernelSize: Pair;
  readonly stride: Pair;
}

export interface AdaptiveAvgPool2d {
  readonly type: 'AdaptiveAvgPool2d';
  readonly outputSize: Pair;
}

export interface Dropout {
  readonly type: 'Dropout';
  readonly p: number;
}

/** Stochastic depth (Huang et al. 2016): in training, zeroes a whole sample with probability p and divides the rest by 1 - p. */
export interface StochasticDepth {
  readonly type: 'StochasticDepth';
  readonly p: number;
}

/** Activations that are straight lines with a floor of 0, which engines compute together with a convolution. */
export type Rectifier = { readonly type: 'ReLU' } | { readonly type: 'ReLU6' };

export interface SmoothActivation {
  readonly type: 'Hardswish' | 'Hardsigmoid' | 'SiLU' | 'Sigmoid' | 'GELU';
}

export type Activation = Rectifier | SmoothActivation;

/** Normalization over the features of a token, or with torchvision's `LayerNorm2d` over the channels of each place of an image. */
export interface LayerNorm {
  readonly type: 'LayerNorm' | 'LayerNorm2d';
  readonly numFeatures: number;
  readonly eps: number;
}

/** `torchvision.ops.Permute`: the order in which PyTorch's axes come, the batch's first. Images alone, to channels last or back. */
export interface Permute {
  readonly type: 'Permute';
  readonly dims: readonly number[];
}

export interface Flatten {
  readonly type: 'Flatten';
}

/**
 * A parameter that a module with children has of its own; in PyTorch no module, here one of them, so that it can be seen
 * and frozen. It scales channels, is added to tokens, or is put before them.
 */
export interface Parameter {
  readonly type: 'Parameter';
  readonly shape: readonly number[];
  readonly use: 'scale' | 'add' | 'prepend';
}

/** `in_proj_weight` and `in_proj_bias` of `nn.MultiheadAttention`: queries, keys and values of tokens side by side. */
export interface InProjection {
  readonly type: 'InProjection';
  readonly features: number;
}

/** Attention of `nn.MultiheadAttention` between its projections. */
export interface Attention {
  readonly type: 'Attention';
  readonly features: number;
  readonly heads: number;
}

/** Functions that `forward` calls between modules of a transformer. */
export type TokenFunction =
  | Attention
  /** The places of an image as tokens [places, channels]; `imageSize` is the only side of the input, in pixels, that will do. */
  | { readonly type: 'Tokens'; readonly imageSize: number }
  | { readonly type: 'FirstToken' };

/** A module that computes; its parameters, if any, are its own. */
export type Leaf =
  | Conv2d
  | BatchNorm2d
  | Linear
  | MaxPool2d
  | AvgPool2d
  | AdaptiveAvgPool2d
  | Dropout
  | StochasticDepth
  | LayerNorm
  | Permute
  | Flatten
  | Parameter
  | InProjection
  | Activation;

/** A module made of named children, and the way data takes through them. */
export interface Container {
  /** PyTorch's class name: `Sequential`, `BasicBlock`, `Fire`, ... */
  readonly type: string;
  readonly children: readonly (readonly [name: string, layer: Layer])[];
  readonly flow: Flow;
}

/** Steps one after another; each takes what the step before gave. An empty flow is the identity. */
export type Flow = readonly Step[];

/** A child by name, or a function of `forward` that is no module. */
export type Step =
  | string
  | { readonly add: readonly Flow[] }
  | { readonly concat: readonly Flow[] }
  /** The product of two branches, of which the second gives a number for each channel. */
  | { readonly multiply: readonly [Flow, Flow] }
  | { readonly flatten: true }
  /** What `forward` calls as a function, without a module of its own: a pooling in MobileNetV2. */
  | { readonly apply: Leaf | TokenFunction };

export function isContainer(layer: Layer): layer is Container {
  return 'children' in layer;
}

/** The children in order, each run once: `nn.Sequential`. Names are 0, 1, ... unless given. */
export function sequential(
  layers: readonly Layer[] | readonly (readonly [string, Layer])[],
  type = 'Sequential',
): Container {
  const children = layers.map((entry, index) => (isNamed(entry) ? entry : ([String(index), entry] as const)));
  return { type, children, flow: children.map(([name]) => name) };
}

function isNamed(entry: Layer | readonly [string, Layer]): entry is readonly [string, Layer] {
  return Array.isArray(entry);
}

/** Every module below `root` with its path, parents before children, as `named_modules()` orders them. */
export function* namedLayers(root: Layer, path = ''): Generator<readonly [path: string, layer: Layer]> {
  if (!isContainer(root)) return;
  for (const [name, child] of root.children) {
    const childPath = path === '' ? name : `${path}.${name}`;
    yield [childPath, child];
    yield* namedLayers(child, childPath);
  }
}

/** A tensor of a state dict: what it is to its module, and its PyTorch shape. */
export interface ParameterShape {
  readonly name: 'weight' | 'bias' | 'running_mean' | 'running_var' | 'num_batches_tracked';
  /** Its key follows the module's path: `.weight`. */
  readonly key: string;
  readonly shape: readonly number[];
  /** Parameters are trained; buffers (batch norm statistics) are not. */
  readonly kind: 'parameter' | 'buffer';
}

/** Whether a module itself keeps something: parameters or buffers. */
export function holdsParameters(layer: Layer): boolean {
  return parameterShapes(layer).length > 0;
}

/** What a module itself keeps, in PyTorch's order and layouts (convolutions [out, in / groups, height, width]). */
export function parameterShapes(layer: Layer): readonly ParameterShape[] {
  if (isContainer(layer)) return [];
  switch (layer.type) {
    case 'Conv2d':
      return weightAndBias(
        [layer.outChannels, layer.inChannels / layer.groups, ...layer.kernelSize],
        layer.bias,
      );
    case 'Linear':
      return weightAndBias([layer.outFeatures, layer.inFeatures], layer.bias);
    case 'BatchNorm2d':
      return [
        ...weightAndBias([layer.numFeatures], true),
        { name: 'running_mean', key: '.running_mean', shape: [layer.numFeatures], kind: 'buffer' },
        { name: 'running_var', key: '.running_var', shape: [layer.numFeatures], kind: 'buffer' },
        { name: 'num_batches_tracked', key: '.num_batches_tracked', shape: [], kind: 'buffer' },
      ];
    case 'LayerNorm':
    case 'LayerNorm2d':
      return weightAndBias([layer.numFeatures], true);
    case 'InProjection':
      return weightAndBias([3 * layer.features, layer.features], true, '_');
    case 'Parameter':
      return [{ name: 'weight', key: '', shape: layer.shape, kind: 'parameter' }];
    case 'MaxPool2d':
    case 'AvgPool2d':
    case 'AdaptiveAvgPool2d':
    case 'Dropout':
    case 'StochasticDepth':
    case 'Permute':
    case 'Flatten':
    case 'ReLU':
    case 'ReLU6':
    case 'Hardswish':
    case 'Hardsigmoid':
    case 'SiLU':
    case 'Sigmoid':
    case 'GELU':
      return [];
  }
}

function weightAndBias(
  shape: readonly number[],
  bias: boolean,
  separator: '.' | '_' = '.',
): readonly ParameterShape[] {
  const of = (name: 'weight' | 'bias', shape: readonly number[]): ParameterShape => {
    return { name, key: `${separator}${name}`, shape, kind: 'parameter' };
  };
  return bias ? [of('weight', shape), of('bias', [shape[0]!])] : [of('weight', shape)];
}

/** Whether a layer weighs what it gets: those with much to compute. */
export function isComputing(layer: Layer): layer is Conv2d | Linear | InProjection {
  return layer.type === 'Conv2d' || layer.type === 'Linear' || layer.type === 'InProjection';
}
