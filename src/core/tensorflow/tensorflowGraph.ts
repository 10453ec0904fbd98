import { toEngine } from '../engine/layouts';
import { averagingMatrix } from '../model/averagingMatrix';
import type { AdaptiveAvgPool2d, Conv2d, MaxPool2d } from '../model/layerTree';
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
        const own = ['weight', 'bias', 'running_mean', 'running_var'].map(name => this.own(path, name));
        return this.add('FusedBatchNormV3', place, [x, ...own], {
          ...{ T: FLOAT, U: FLOAT, data_format: NHWC, is_training: { b: false } },
          epsilon: { f: operation.eps },
        });
      }
      case 'Linear': {
        const name = operation.bias ? `${place}.product` : place;
        const product = this.add('MatMul', name, [x, this.own(path, 'weight')], {
          ...{ T: FLOAT, transpose_a: { b: false }, transpose_b: { b: true } },
        });
        return operation.bias ? this.bias(path, place, product) : product;
      }
      case 'ReLU':
        return this.floats('Relu', place, inputs);
      case 'ReLU6':
        return this.floats('Relu6', place, inputs);
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
        const ordered = shape.length === 3 && values > shape[0]! ? this.channelsFirst(place, x) : x;
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
    const weight = this.tensor(path, 'weight');
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
      const axes = this.constant('image.axes', [2], [1, 2], 'DT_INT32');
      return this.add('Mean', place, [x, axes], { T: FLOAT, Tidx: INT32, keep_dims: { b: true } });
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
    return this.add('BatchMatMulV2', name, [shares, x], {
      ...{ T: FLOAT, adj_x: { b: false }, adj_y: { b: false } },
    });
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

  private bias(path: string, name: string, x: string): string {
    return this.add('BiasAdd', name, [x, this.own(path, 'bias')], { T: FLOAT, data_format: NHWC });
  }

  private concat(name: string, inputs: readonly string[], axis: number): string {
    const along = this.constant(axis === 3 ? 'channels.axis' : 'features.axis', [], [axis], 'DT_INT32');
    return this.add('ConcatV2', name, [...inputs, along], {
      ...{ T: FLOAT, Tidx: INT32 },
      N: { i: inputs.length },
    });
  }

  private channelsFirst(place: string, x: string): string {
    const order = this.constant('channels.first', [4], [0, 3, 1, 2], 'DT_INT32');
    return this.add('Transpose', `${place}.channels_first`, [x, order], { T: FLOAT, Tperm: INT32 });
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

  /** The module's own tensor as it is. */
  private own(path: string, name: string): string {
    const { shape, data } = this.tensor(path, name);
    return this.place(`${MODULES}${path}.${name}`, { shape, data }, FLOAT);
  }

  private tensor(
    path: string,
    name: string,
  ): { readonly shape: readonly number[]; readonly data: Float32Array } {
    const found = this.source.tensors.get(`${path}.${name}`);
    if (found?.dtype !== 'float32') throw new Error(`There is no ${path}.${name} of float32`);
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
