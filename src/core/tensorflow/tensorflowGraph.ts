import { toEngine } from '../engine/layouts';
import { averagingMatrix } from '../model/averagingMatrix';
import {
  parameterShapes,
  type AdaptiveAvgPool2d,
  type Attention,
  type Conv2d,
  type InProjection,
  type LayerNorm,
  type Linear,
  type MaxPool2d,
  type Parameter,
} from '../model/layerTree';
import { imageSize, valuesIn, type Shape } from '../model/shapes';
import { convolutionGeometry, maxPoolEdges, type Edges } from '../model/windowOutput';
import { translateNodes, type TranslatedModel, type WriteNode } from '../weights/translatedModel';
import type { AttrValue, NodeDef, ServedGraph, TensorValue } from './graphDef';

/**
 * A model as a graph of TensorFlow with its weights as constants, of operators that TensorFlow.js has as well. Its input
 * `image` is [batch, crop, crop, 3], red, green and blue in [0, 1]: the graph itself normalizes. Its outputs are `logits`
 * and `probabilities`, [batch, classes]. Weights keep their torch names below `model/`, in TensorFlow's layouts.
 */
export function tensorflowGraph(source: TranslatedModel): ServedGraph {
  return new TensorflowGraphBuilder(source).build();
}

const FLOAT: AttrValue = { type: 'DT_FLOAT' };
const INT32: AttrValue = { type: 'DT_INT32' };
const NHWC: AttrValue = text('NHWC');
/** Names of nodes may not begin as those of modules may. */
const MODULES = 'model/';
/** Below every value, and finite: some backends make no number of infinity. */
const LEAST = -3.4e38;

class TensorflowGraphBuilder {
  private readonly nodes: NodeDef[] = [];
  private readonly constants = new Set<string>();

  constructor(private readonly source: TranslatedModel) {}

  build(): ServedGraph {
    const { preprocessing, classes } = this.source;
    const { crop, mean, std } = preprocessing;
    const image = [-1, crop, crop, 3];
    this.add('Placeholder', 'image', [], { dtype: FLOAT, shape: { shape: image } });
    const centred = this.floats('Sub', 'preprocessing/Sub', [
      'image',
      this.constant('preprocessing.mean', [3], mean),
    ]);
    const normalized = this.floats('RealDiv', 'preprocessing/Div', [
      centred,
      this.constant('preprocessing.std', [3], std),
    ]);
    const last = translateNodes(this.source, normalized, this.take);
    this.floats('Identity', 'logits', [last]);
    this.floats('Softmax', 'probabilities', ['logits']);
    const eachClass = [-1, classes];
    return {
      graph: { node: this.nodes },
      inputs: { image: { name: 'image:0', shape: image } },
      outputs: {
        logits: { name: 'logits:0', shape: eachClass },
        probabilities: { name: 'probabilities:0', shape: eachClass },
      },
    };
  }

  /** Adds what computes a node; returns the name of its value. */
  private readonly take: WriteNode = ({ operation, path }, index, inputs, shape) => {
    const [x = ''] = inputs;
    const place = `${MODULES}${path || operation.type}/${index}`;
    switch (operation.type) {
      case 'Conv2d':
        return this.convolution(operation, path, place, x, shape);
      case 'BatchNorm2d': {
        const own = ['.weight', '.bias', '.running_mean', '.running_var'].map(key => this.own(path, key));
        return this.add('FusedBatchNormV3', place, [x, ...own], {
          ...{ T: FLOAT, U: FLOAT, data_format: NHWC, is_training: { b: false } },
          epsilon: { f: operation.eps },
        });
      }
      case 'LayerNorm':
      case 'LayerNorm2d':
        return this.layerNorm(operation, path, place, x);
      case 'Linear':
      case 'InProjection':
        return this.linear(operation, path, place, x, shape);
      case 'Parameter':
        return this.parameter(operation, path, place, x);
      // Images are laid out with their channels last anyway.
      case 'Permute':
        return x;
      case 'Tokens':
        return this.reshape(place, x, [-1, shape[1]! * shape[2]!, shape[0]!]);
      case 'Attention':
        return this.attention(operation, place, x, shape[0]!);
      case 'FirstToken': {
        const first = this.slice(`${place}.slice`, x, [0, 0, 0], [-1, 1, shape[1]!]);
        return this.reshape(place, first, [-1, shape[1]!]);
      }
      case 'ReLU':
        return this.floats('Relu', place, inputs);
      case 'ReLU6':
        return this.floats('Relu6', place, inputs);
      case 'GELU': {
        const ratio = this.floats('Mul', `${place}.ratio`, [
          x,
          this.constant('gelu.scale', [], [Math.SQRT1_2]),
        ]);
        const error = this.floats('Erf', `${place}.erf`, [ratio]);
        const share = this.floats('AddV2', `${place}.share`, [error, this.constant('one', [], [1])]);
        const product = this.floats('Mul', `${place}.product`, [x, share]);
        return this.floats('Mul', place, [product, this.constant('half', [], [0.5])]);
      }
      case 'Sigmoid':
        return this.floats('Sigmoid', place, inputs);
      case 'Hardsigmoid':
        return this.hardSigmoid(place, x);
      case 'SiLU':
        return this.floats('Mul', place, [x, this.floats('Sigmoid', `${place}.sigmoid`, inputs)]);
      case 'Hardswish':
        return this.floats('Mul', place, [x, this.hardSigmoid(`${place}.sigmoid`, x)]);
      case 'MaxPool2d':
        return this.maxPool(operation, place, x, shape);
      case 'AvgPool2d':
        return this.pool('AvgPool', place, x, operation.kernelSize, operation.stride);
      case 'AdaptiveAvgPool2d':
        return this.averagePool(operation, place, x, shape);
      case 'Flatten': {
        const values = valuesIn(shape);
        // PyTorch's order of an image's values is [channels, height, width].
        const ordered =
          shape.length === 3 && values > shape[0]!
            ? this.transpose(`${place}.channels_first`, x, 'channels.first', [0, 3, 1, 2])
            : x;
        return this.reshape(place, ordered, [-1, values]);
      }
      case 'Add':
        return inputs.reduce((sum, input, i) =>
          this.floats('AddV2', i === 1 ? place : `${place}.${i}`, [sum, input]),
        );
      case 'Multiply':
        return this.floats('Mul', place, inputs);
      case 'Concat':
        return this.concat(place, inputs, shape.length === 3 ? 3 : 1);
      case 'Dropout':
      case 'StochasticDepth':
        return x;
    }
  };

  /** Over the last axis, which has an image's channels as well. */
  private layerNorm({ eps }: LayerNorm, path: string, place: string, x: string): string {
    const average = this.mean(`${place}.mean`, x, -1);
    const squares = this.floats('SquaredDifference', `${place}.squares`, [x, average]);
    const variance = this.mean(`${place}.variance`, squares, -1);
    const shifted = this.floats('AddV2', `${place}.shifted`, [
      variance,
      this.constant(`eps.${eps}`, [], [eps]),
    ]);
    const centred = this.floats('Sub', `${place}.centred`, [x, average]);
    const normalized = this.floats('Mul', `${place}.normalized`, [
      centred,
      this.floats('Rsqrt', `${place}.deviation`, [shifted]),
    ]);
    const scaled = this.floats('Mul', `${place}.scaled`, [normalized, this.own(path, '.weight')]);
    return this.floats('AddV2', place, [scaled, this.own(path, '.bias')]);
  }

  /** Of each place or token for itself: the last axis of x by a weight [out, in]. */
  private linear(layer: Linear | InProjection, path: string, place: string, x: string, shape: Shape): string {
    const [weight, bias] = parameterShapes(layer);
    const [outputs, inputs] = weight!.shape as readonly [number, number];
    const before = shape.slice(0, -1);
    const rows = before.length === 0 ? x : this.reshape(`${place}.rows`, x, [-1, inputs]);
    const name = before.length === 0 ? place : `${place}.result`;
    const product = this.add(
      'MatMul',
      bias ? `${place}.product` : name,
      [rows, this.own(path, weight!.key)],
      {
        ...{ T: FLOAT, transpose_a: { b: false }, transpose_b: { b: true } },
      },
    );
    const result = bias ? this.bias(path, name, product, bias.key) : product;
    return before.length === 0 ? result : this.reshape(place, result, [-1, ...before, outputs]);
  }

  private parameter({ use }: Parameter, path: string, place: string, x: string): string {
    const value = this.own(path, '');
    if (use === 'scale')
      return this.floats('Mul', place, [x, this.reshape(`${place}.channels`, value, [-1])]);
    if (use === 'add') return this.floats('AddV2', place, [x, value]);
    // As many rows of zeros as there are pictures, whose number is not known here.
    const nothing = this.floats('Mul', `${place}.nothing`, [
      this.mean(`${place}.mean`, x, 1),
      this.constant('zero', [], [0]),
    ]);
    return this.concat(place, [this.floats('AddV2', `${place}.token`, [nothing, value]), x], 1);
  }

  private attention({ features, heads }: Attention, place: string, x: string, tokens: number): string {
    const width = features / heads;
    const [queries, keys, values] = [0, 1, 2].map(part => {
      const own = this.slice(`${place}.part${part}`, x, [0, 0, part * features], [-1, tokens, features]);
      const apart = this.reshape(`${place}.apart${part}`, own, [-1, tokens, heads, width]);
      return this.transpose(`${place}.heads${part}`, apart, 'heads.first', [0, 2, 1, 3]);
    }) as [string, string, string];
    const products = this.matrices(`${place}.products`, queries, keys, true);
    const scale = this.constant(`scale.${width}`, [], [1 / Math.sqrt(width)]);
    const scores = this.floats('Mul', `${place}.scores`, [products, scale]);
    const weights = this.floats('Softmax', `${place}.weights`, [scores]);
    const taken = this.matrices(`${place}.taken`, weights, values, false);
    const joined = this.transpose(`${place}.joined`, taken, 'heads.first', [0, 2, 1, 3]);
    return this.reshape(place, joined, [-1, tokens, features]);
  }

  /** `relu6(x + 3) / 6` */
  private hardSigmoid(place: string, x: string): string {
    const shifted = this.floats('AddV2', `${place}.shifted`, [x, this.constant('three', [], [3])]);
    const cut = this.floats('Relu6', `${place}.relu6`, [shifted]);
    return this.floats('Mul', place, [cut, this.constant('sixth', [], [1 / 6])]);
  }

  private convolution(layer: Conv2d, path: string, place: string, x: string, shape: Shape): string {
    const { edges, window } = convolutionGeometry(layer, imageSize(shape));
    const padded = this.withEdges(place, x, edges, 0);
    const name = layer.bias ? `${place}.product` : place;
    const convolved = this.filtered(layer, path, name, padded, {
      ...windowOf(window.stride, window.padding),
      ...{ T: FLOAT, data_format: NHWC, dilations: ints([1, 1, 1, 1]) },
    });
    return layer.bias ? this.bias(path, place, convolved) : convolved;
  }

  private filtered(
    layer: Conv2d,
    path: string,
    name: string,
    x: string,
    attr: Readonly<Record<string, AttrValue>>,
  ): string {
    const { groups, inChannels, outChannels, kernelSize } = layer;
    const filter = `${MODULES}${path}.weight`;
    const weight = this.tensor(`${path}.weight`);
    if (groups === 1) {
      const axes = [2, 3, 1, 0];
      return this.add('Conv2D', name, [x, this.filter(filter, weight.data, weight.shape, axes)], attr);
    }
    if (groups === inChannels) {
      const multiplier = outChannels / inChannels;
      const placed = this.filter(
        filter,
        weight.data,
        weight.shape,
        [2, 3, 0, 1],
        [...kernelSize, inChannels, multiplier],
      );
      return this.add('DepthwiseConv2dNative', name, [x, placed], attr);
    }
    // TensorFlow.js has no convolution in groups: each group is one of its own.
    const axis = this.constant('channels.axis', [], [3], 'DT_INT32');
    const parts = this.add('Split', `${name}.groups`, [axis, x], { T: FLOAT, num_split: { i: groups } });
    const each = valuesIn(weight.shape) / groups;
    const partShape = [outChannels / groups, ...weight.shape.slice(1)];
    const results = Array.from({ length: groups }, (unused, group) => {
      const data = weight.data.subarray(group * each, (group + 1) * each);
      const part = this.filter(`${filter}.${group}`, data, partShape, [2, 3, 1, 0]);
      return this.add(
        'Conv2D',
        `${name}.group${group}`,
        [group === 0 ? parts : `${parts}:${group}`, part],
        attr,
      );
    });
    return this.concat(name, results, 3);
  }

  private maxPool(layer: MaxPool2d, place: string, x: string, shape: Shape): string {
    const padded = this.withEdges(place, x, maxPoolEdges(layer, imageSize(shape)), LEAST);
    return this.pool('MaxPool', place, padded, layer.kernelSize, layer.stride);
  }

  private averagePool({ outputSize }: AdaptiveAvgPool2d, place: string, x: string, shape: Shape): string {
    const [rows, columns] = outputSize;
    const [channels, height, width] = shape as readonly [number, number, number];
    if (rows === height && columns === width) return x;
    if (rows === 1 && columns === 1) {
      return this.mean(place, x, 1, 2);
    }
    const kernel = [height / rows, width / columns];
    if (kernel.every(Number.isInteger)) return this.pool('AvgPool', place, x, kernel, kernel);
    // Each side of the image times a matrix.
    const byRow = this.reshape(`${place}.by_row`, x, [-1, height, width * channels]);
    const above = this.averaged(`${place}.rows`, byRow, height, rows);
    const byColumn = this.reshape(`${place}.by_column`, above, [-1, width, channels]);
    const beside = this.averaged(`${place}.columns`, byColumn, width, columns);
    return this.reshape(place, beside, [-1, rows, columns, channels]);
  }

  /** [batch, size, values] to [batch, outputs, values] */
  private averaged(name: string, x: string, size: number, outputs: number): string {
    const shares = this.constant(`${name}.shares`, [1, outputs, size], averagingMatrix(size, outputs).flat());
    return this.matrices(name, shares, x, false);
  }

  private pool(
    op: 'MaxPool' | 'AvgPool',
    name: string,
    x: string,
    kernel: readonly number[],
    stride: readonly number[],
  ): string {
    return this.add(op, name, [x], {
      ...{ ksize: ints([1, ...kernel, 1]), ...windowOf(stride, 'valid') },
      ...{ T: FLOAT, data_format: NHWC },
    });
  }

  private withEdges(place: string, x: string, [top, bottom, left, right]: Edges, value: number): string {
    if (top + bottom + left + right === 0) return x;
    const edges = this.constant(`${place}.edges`, [4, 2], [0, 0, top, bottom, left, right, 0, 0], 'DT_INT32');
    const around = this.constant(`edge.${value === 0 ? 'zero' : 'least'}`, [], [value]);
    return this.add('PadV2', `${place}.padded`, [x, edges, around], { T: FLOAT, Tpaddings: INT32 });
  }

  private bias(path: string, name: string, x: string, key = '.bias'): string {
    return this.add('BiasAdd', name, [x, this.own(path, key)], { T: FLOAT, data_format: NHWC });
  }

  private concat(name: string, inputs: readonly string[], axis: number): string {
    const along = this.constant(axis === 3 ? 'channels.axis' : 'features.axis', [], [axis], 'DT_INT32');
    return this.add('ConcatV2', name, [...inputs, along], {
      ...{ T: FLOAT, Tidx: INT32 },
      N: { i: inputs.length },
    });
  }

  /** Means along axes, which stay with an extent of 1. */
  private mean(name: string, x: string, ...axes: readonly number[]): string {
    const along = this.constant(`axes.${axes.join('_')}`, [axes.length], axes, 'DT_INT32');
    return this.add('Mean', name, [x, along], { T: FLOAT, Tidx: INT32, keep_dims: { b: true } });
  }

  /** Products of the matrices of the last two axes, the second ones turned where that is asked for. */
  private matrices(name: string, a: string, b: string, turned: boolean): string {
    return this.add('BatchMatMulV2', name, [a, b], { T: FLOAT, adj_x: { b: false }, adj_y: { b: turned } });
  }

  private transpose(name: string, x: string, orderName: string, order: readonly number[]): string {
    const axes = this.constant(orderName, [order.length], order, 'DT_INT32');
    return this.add('Transpose', name, [x, axes], { T: FLOAT, Tperm: INT32 });
  }

  private slice(name: string, x: string, begin: readonly number[], size: readonly number[]): string {
    const from = this.constant(`${name}.begin`, [begin.length], begin, 'DT_INT32');
    const extent = this.constant(`${name}.size`, [size.length], size, 'DT_INT32');
    return this.add('Slice', name, [x, from, extent], { T: FLOAT, Index: INT32 });
  }

  private reshape(name: string, x: string, shape: readonly number[]): string {
    const wanted = this.constant(`${name}.shape`, [shape.length], shape, 'DT_INT32');
    return this.add('Reshape', name, [x, wanted], { T: FLOAT, Tshape: INT32 });
  }

  /** An operator that only has its type to know. */
  private floats(op: string, name: string, inputs: readonly string[]): string {
    return this.add(op, name, inputs, { T: FLOAT });
  }

  private add(
    op: string,
    name: string,
    input: readonly string[],
    attr: Readonly<Record<string, AttrValue>>,
  ): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** The module's own tensor as it is; its key follows the module's path. */
  private own(path: string, key: string): string {
    const { shape, data } = this.tensor(path + key);
    return this.place(`${MODULES}${path}${key}`, { shape, data }, FLOAT);
  }

  private tensor(key: string): { readonly shape: readonly number[]; readonly data: Float32Array } {
    const found = this.source.tensors.get(key);
    if (found?.dtype !== 'float32') throw new Error(`There is no ${key} of float32`);
    return found;
  }

  /** A filter whose axis i is axis `axes[i]` of PyTorch's; of another shape with as many values where one is given. */
  private filter(
    name: string,
    data: Float32Array,
    shape: readonly number[],
    axes: readonly number[],
    asShape?: readonly number[],
  ): string {
    const engineShape = axes.map(axis => shape[axis]!);
    const placed = toEngine(data, shape, { axes, engineShape });
    return this.place(name, { shape: asShape ?? engineShape, data: placed }, FLOAT);
  }

  private constant(
    name: string,
    shape: readonly number[],
    values: readonly number[],
    type: 'DT_FLOAT' | 'DT_INT32' = 'DT_FLOAT',
  ): string {
    const data = type === 'DT_FLOAT' ? Float32Array.from(values) : Int32Array.from(values);
    return this.place(name, { shape, data }, { type });
  }

  /** Once for each name. */
  private place(name: string, tensor: TensorValue, dtype: AttrValue): string {
    if (!this.constants.has(name)) this.add('Const', name, [], { dtype, value: { tensor } });
    this.constants.add(name);
    return name;
  }
}

function windowOf(stride: readonly number[], padding: 'same' | 'valid'): Readonly<Record<string, AttrValue>> {
  return { strides: ints([1, ...stride, 1]), padding: text(padding.toUpperCase()) };
}

function ints(i: readonly number[]): AttrValue {
  return { list: { i } };
}

function text(value: string): AttrValue {
  return { s: Buffer.from(value) };
}
