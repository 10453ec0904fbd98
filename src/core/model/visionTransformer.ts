import { normal, torchDefault, zeros, type Initialization } from './initialization';
import { sequential, type Container } from './layerTree';
import { conv2d, dropout, gelu, layerNorm, linear, parameter } from './leaves';
import { imagenetPreprocessing, type Model } from './model';

export interface VisionTransformerDescription {
  /** Sides of the pictures it is made for and of the patches they are cut into, in pixels. */
  readonly imageSize: number;
  readonly patchSize: number;
  /** Blocks: 2 or more. */
  readonly layers: number;
  readonly heads: number;
  /** Features of a token, and within the two linear layers of a block. */
  readonly features: number;
  readonly hidden: number;
}

/** torchvision's ViT-B/16 (Dosovitskiy et al. 2021). */
export function vit_b_16(): Model {
  return visionTransformer('vit_b_16', {
    ...{ imageSize: 224, patchSize: 16, layers: 12, heads: 12, features: 768, hidden: 3072 },
  });
}

/** A vision transformer of any size, named and ordered as torchvision's. */
export function visionTransformer(name: string, description: VisionTransformerDescription): Model {
  const { imageSize, patchSize, layers, features } = description;
  const tokens = (imageSize / patchSize) ** 2 + 1;
  const blocks = Array.from(
    { length: layers },
    (_, index) => [`encoder_layer_${index}`, encoderBlock(description)] as const,
  );
  const encoder: Container = {
    type: 'Encoder',
    children: [
      ['pos_embedding', parameter([1, tokens, features], 'add')],
      ['dropout', dropout(0)],
      ['layers', sequential(blocks)],
      ['ln', layerNorm(features)],
    ],
    flow: ['pos_embedding', 'dropout', 'layers', 'ln'],
  };
  return {
    name,
    root: {
      type: 'VisionTransformer',
      children: [
        ['class_token', parameter([1, 1, features], 'prepend')],
        ['conv_proj', conv2d(3, features, patchSize, { stride: patchSize })],
        ['encoder', encoder],
        ['heads', sequential([['head', linear(features, 1000)]])],
      ],
      flow: [
        'conv_proj',
        { apply: { type: 'Tokens', imageSize } },
        'class_token',
        'encoder',
        { apply: { type: 'FirstToken' } },
        'heads',
      ],
    },
    head: 'heads.head',
    // What comes out of the last block is classified by its first token alone: the others speak for nothing there.
    features: `encoder.layers.encoder_layer_${layers - 2}`,
    initialization,
    preprocessing: { ...imagenetPreprocessing, crop: imageSize },
    publishedKey: key => key.replace('.mlp.linear_1.', '.mlp.0.').replace('.mlp.linear_2.', '.mlp.3.'),
  };
}

function encoderBlock({ features, heads, hidden }: VisionTransformerDescription): Container {
  const attention: Container = {
    type: 'MultiheadAttention',
    children: [
      ['in_proj', { type: 'InProjection', features }],
      ['out_proj', linear(features, features)],
    ],
    flow: ['in_proj', { apply: { type: 'Attention', features, heads } }, 'out_proj'],
  };
  const mlp = sequential(
    [linear(features, hidden), gelu, dropout(0), linear(hidden, features), dropout(0)],
    'MLPBlock',
  );
  return {
    type: 'EncoderBlock',
    children: [
      ['ln_1', layerNorm(features)],
      ['self_attention', attention],
      ['dropout', dropout(0)],
      ['ln_2', layerNorm(features)],
      ['mlp', mlp],
    ],
    flow: [{ add: [['ln_1', 'self_attention', 'dropout'], []] }, { add: [[], ['ln_2', 'mlp']] }],
  };
}

const initialization: Initialization = (path, layer) => {
  switch (layer.type) {
    case 'Conv2d':
      return { weight: normal(Math.sqrt(1 / (layer.inChannels * layer.kernelSize[0] ** 2))), bias: zeros };
    case 'Parameter':
      return { weight: layer.use === 'add' ? normal(0.02) : zeros, bias: zeros };
    case 'InProjection':
      return { weight: xavierUniform(layer.features, 3 * layer.features), bias: zeros };
    case 'Linear':
      if (path.startsWith('heads.')) return { weight: zeros, bias: zeros };
      if (path.endsWith('out_proj')) return { weight: torchDefault(path, layer).weight, bias: zeros };
      return { weight: xavierUniform(layer.inFeatures, layer.outFeatures), bias: normal(1e-6) };
  }
};

/** `xavier_uniform_` (Glorot and Bengio 2010). */
function xavierUniform(inputs: number, outputs: number) {
  return { type: 'uniform', bound: Math.sqrt(6 / (inputs + outputs)) } as const;
}
