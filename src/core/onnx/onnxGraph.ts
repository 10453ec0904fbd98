import { averagingMatrix, transposed } from '../model/averagingMatrix';
import {
  parameterShapes,
  type AdaptiveAvgPool2d,
  type Attention,
  type LayerNorm,
  type Leaf,
  type Parameter,
} from '../model/layerTree';
import { imageSize, type Shape } from '../model/shapes';
import { conv2dEdges, maxPoolEdges, type Edges } from '../model/windowOutput';
import { translateNodes, type TranslatedModel, type WriteNode } from '../weights/translatedModel';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './onnxModel';

/** Every operator used is in operator set 13 as it is here; runtimes of 2021 and later know it. */
export const ONNX_OPSET = 13;

export interface OnnxSource extends TranslatedModel {
  readonly name: string;
}

/**
 * A model as an ONNX graph. Its input `image` is [batch, 3, crop, crop], red, green and blue in [0, 1]: the graph
 * itself normalizes. Its outputs are `logits` and `probabilities`, [batch, classes]. Weights keep their torch names.
 */
export function onnxGraph(source: OnnxSource): OnnxGraph {
  return new OnnxGraphBuilder(source).build();
}

class OnnxGraphBuilder {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers = new Map<string, OnnxTensor>();

  constructor(private readonly source: OnnxSource) {}

  build(): OnnxGraph {
    const { name, preprocessing, classes } = this.source;
    const { resize, crop, interpolation, mean, std } = preprocessing;
    const centred = this.add('Sub', 'preprocessing/Sub', [
      'image',
      this.constant('preprocessing.mean', [1, 3, 1, 1], mean),
    ]);
    const normalized = this.add('Div', 'preprocessing/Div', [
      centred,
      this.constant('preprocessing.std', [1, 3, 1, 1], std),
    ]);
    const last = translateNodes(this.source, normalized, this.take);
    this.add('Identity', 'logits', [last], {}, 'logits');
    this.add('Softmax', 'probabilities', ['logits'], { axis: { int: 1 } }, 'probabilities');
    const eachClass = ['batch', classes];
    return {
      name,
      nodes: this.nodes,
      initializers: [...this.initializers.values()],
      inputs: [
        {
          name: 'image',
          shape: ['batch', 3, crop, crop],
          description: `Red, green, blue in [0, 1], not normalized; the short side resized to ${resize} pixels (${interpolation}, antialiased), then the centre cut out`,
        },
      ],
      outputs: [
        { name: 'logits', shape: eachClass, description: 'A number for each class, before softmax' },
        {
          name: 'probabilities',
          shape: eachClass,
          description: 'Of the classes in the metadata; they sum to 1',
        },
      ],
    };
  }

  /** Adds what computes a node; returns the name of its value. */
  private readonly take: WriteNode = ({ operation, path }, index, inputs, shape) => {
    const [x = ''] = inputs;
    const place = `${path || operation.type}/${index}`;
    switch (operation.type) {
      case 'Conv2d':
        return this.add('Conv', place, [x, ...this.own(path, ['weight', ...bias(operation.bias)])], {
          kernel_shape: { ints: operation.kernelSize },
          strides: { ints: operation.stride },
          pads: { ints: pads(conv2dEdges(operation, imageSize(shape))) },
          group: { int: operation.groups },
        });
      case 'BatchNorm2d': {
        const own = this.own(path, ['weight', 'bias', 'running_mean', 'running_var']);
        return this.add('BatchNormalization', place, [x, ...own], { epsilon: { float: operation.eps } });
      }
      case 'LayerNorm':
        return this.layerNorm(operation, place, x, path);
      case 'LayerNorm2d': {
        const last = this.transpose(`${place}.last`, x, [0, 2, 3, 1]);
        return this.transpose(`${place}.first`, this.layerNorm(operation, place, last, path), [0, 3, 1, 2]);
      }
      case 'InProjection':
        return this.tokenProduct(place, x, this.ownKeys(operation, path));
      case 'Parameter':
        return this.parameter(operation, place, x, path);
      case 'Permute':
        return this.transpose(place, x, operation.dims);
      case 'Tokens': {
        const rows = this.reshape(`${place}.rows`, x, [0, shape[0]!, -1]);
        return this.transpose(place, rows, [0, 2, 1]);
      }
      case 'Attention':
        return this.attention(operation, place, x, shape[0]!);
      case 'FirstToken':
        return this.add('Gather', place, [x, this.integers(`${place}.index`, [], [0])], { axis: { int: 1 } });
      case 'Linear':
        if (shape.length > 1) return this.tokenProduct(place, x, this.ownKeys(operation, path));
        return this.add('Gemm', place, [x, ...this.own(path, ['weight', ...bias(operation.bias)])], {
          transB: { int: 1 },
        });
      case 'ReLU':
        return this.add('Relu', place, inputs);
      case 'ReLU6':
        return this.add('Clip', place, [
          x,
          this.constant('relu6.min', [], [0]),
          this.constant('relu6.max', [], [6]),
        ]);
      case 'GELU': {
        const ratio = this.add('Div', `${place}.ratio`, [x, this.constant('gelu.scale', [], [Math.SQRT2])]);
        const error = this.add('Erf', `${place}.erf`, [ratio]);
        const share = this.add('Add', `${place}.share`, [error, this.constant('gelu.one', [], [1])]);
        const product = this.add('Mul', `${place}.product`, [x, share]);
        return this.add('Mul', place, [product, this.constant('gelu.half', [], [0.5])]);
      }
      case 'Sigmoid':
        return this.add('Sigmoid', place, inputs);
      case 'Hardsigmoid':
        return this.hardSigmoid(place, x);
      // What has an operator of its own in later sets alone.
      case 'SiLU':
        return this.add('Mul', place, [x, this.add('Sigmoid', `${place}.sigmoid`, [x])]);
      case 'Hardswish':
        return this.add('Mul', place, [x, this.hardSigmoid(`${place}.sigmoid`, x)]);
      case 'MaxPool2d':
        return this.add('MaxPool', place, inputs, {
          kernel_shape: { ints: operation.kernelSize },
          strides: { ints: operation.stride },
          pads: { ints: pads(maxPoolEdges(operation, imageSize(shape))) },
        });
      case 'AvgPool2d':
        return this.add('AveragePool', place, inputs, {
          kernel_shape: { ints: operation.kernelSize },
          strides: { ints: operation.stride },
        });
      case 'AdaptiveAvgPool2d':
        return this.averagePool(operation, place, x, shape);
      case 'Flatten':
        return this.add('Flatten', place, inputs, { axis: { int: 1 } });
      case 'Add':
        return inputs.reduce((sum, input, i) =>
          this.add('Add', i === 1 ? place : `${place}.${i}`, [sum, input]),
        );
      case 'Multiply':
        return this.add('Mul', place, inputs);
      case 'Concat':
        return this.add('Concat', place, inputs, { axis: { int: 1 } });
      case 'Dropout':
      case 'StochasticDepth':
        return x;
    }
  };

  /** Composed as operator sets before 17 have it, and as runtimes know it again. */
  private layerNorm({ eps }: LayerNorm, place: string, x: string, path: string): string {
    const along = { axes: { ints: [-1] }, keepdims: { int: 1 } };
    const average = this.add('ReduceMean', `${place}.mean`, [x], along);
    const centred = this.add('Sub', `${place}.centred`, [x, average]);
    const squares = this.add('Pow', `${place}.squares`, [centred, this.constant('two', [], [2])]);
    const variance = this.add('ReduceMean', `${place}.variance`, [squares], along);
    const shifted = this.add('Add', `${place}.shifted`, [variance, this.constant(`eps.${eps}`, [], [eps])]);
    const deviation = this.add('Sqrt', `${place}.deviation`, [shifted]);
    const normalized = this.add('Div', `${place}.normalized`, [centred, deviation]);
    const [weight, bias] = this.own(path, ['weight', 'bias']);
    return this.add('Add', place, [this.add('Mul', `${place}.scaled`, [normalized, weight!]), bias!]);
  }

  /** A linear layer of more than rows: the last axis of x by a weight [out, in]. */
  private tokenProduct(place: string, x: string, [weight, bias]: readonly string[]): string {
    const turned = this.transpose(`${place}.weight`, weight!, [1, 0]);
    const product = this.add('MatMul', bias === undefined ? place : `${place}.product`, [x, turned]);
    return bias === undefined ? product : this.add('Add', place, [product, bias]);
  }

  private parameter({ use }: Parameter, place: string, x: string, path: string): string {
    const [value] = this.keep([path]);
    if (use === 'scale') return this.add('Mul', place, [x, value!]);
    if (use === 'add') return this.add('Add', place, [x, value!]);
    // As many rows of zeros as there are pictures, whose number is not known here.
    const along = { axes: { ints: [1] }, keepdims: { int: 1 } };
    const average = this.add('ReduceMean', `${place}.mean`, [x], along);
    const nothing = this.add('Mul', `${place}.nothing`, [average, this.constant('zero', [], [0])]);
    const token = this.add('Add', `${place}.token`, [nothing, value!]);
    return this.add('Concat', place, [token, x], { axis: { int: 1 } });
  }

  private attention({ features, heads }: Attention, place: string, x: string, tokens: number): string {
    const width = features / heads;
    // [batch, tokens, 3, heads, width], and the three first.
    const apart = this.reshape(`${place}.apart`, x, [0, tokens, 3, heads, width]);
    const parts = this.transpose(`${place}.parts`, apart, [2, 0, 3, 1, 4]);
    const [queries, keys, values] = [0, 1, 2].map(part =>
      this.add('Gather', `${place}.part${part}`, [parts, this.integers(`part${part}`, [], [part])], {
        axis: { int: 0 },
      }),
    ) as [string, string, string];
    const turned = this.transpose(`${place}.turned`, keys, [0, 1, 3, 2]);
    const products = this.add('MatMul', `${place}.products`, [queries, turned]);
    const scale = this.constant(`scale.${width}`, [], [1 / Math.sqrt(width)]);
    const scores = this.add('Mul', `${place}.scores`, [products, scale]);
    const weights = this.add('Softmax', `${place}.weights`, [scores], { axis: { int: -1 } });
    const taken = this.add('MatMul', `${place}.taken`, [weights, values]);
    return this.reshape(place, this.transpose(`${place}.joined`, taken, [0, 2, 1, 3]), [0, tokens, features]);
  }

  private transpose(place: string, x: string, order: readonly number[]): string {
    return this.add('Transpose', place, [x], { perm: { ints: order } });
  }

  /** 0 is the extent there is, -1 what remains. */
  private reshape(place: string, x: string, shape: readonly number[]): string {
    return this.add('Reshape', place, [x, this.integers(`${place}.shape`, [shape.length], shape)]);
  }

  private hardSigmoid(place: string, x: string): string {
    return this.add('HardSigmoid', place, [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
  }

  private averagePool({ outputSize }: AdaptiveAvgPool2d, place: string, x: string, shape: Shape): string {
    const [rows, columns] = outputSize;
    const [, height, width] = shape as readonly [number, number, number];
    if (rows === height && columns === width) return x;
    if (rows === 1 && columns === 1) return this.add('GlobalAveragePool', place, [x]);
    const kernel = [height / rows, width / columns];
    if (kernel.every(Number.isInteger)) {
      return this.add('AveragePool', place, [x], {
        kernel_shape: { ints: kernel },
        strides: { ints: kernel },
      });
    }
    const above = this.matrix(`${place}.rows`, averagingMatrix(height, rows));
    const beside = this.matrix(`${place}.columns`, transposed(averagingMatrix(width, columns)));
    return this.add('MatMul', `${place}.columns`, [this.add('MatMul', `${place}.rows`, [above, x]), beside]);
  }

  private add(
    operator: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    output = `${name}:value`,
  ): string {
    this.nodes.push({ name, operator, inputs, outputs: [output], attributes });
    return output;
  }

  /** The module's own tensors. */
  private own(path: string, names: readonly string[]): readonly string[] {
    return this.keep(names.map(name => `${path}.${name}`));
  }

  private ownKeys(operation: Leaf, path: string): readonly string[] {
    return this.keep(parameterShapes(operation).map(({ key }) => path + key));
  }

  /** Tensors of the state dict, by their keys. */
  private keep(keys: readonly string[]): readonly string[] {
    return keys.map(key => {
      const tensor = this.source.tensors.get(key);
      if (tensor?.dtype !== 'float32') throw new Error(`There is no ${key} of float32`);
      this.initializers.set(key, { name: key, shape: tensor.shape, data: tensor.data });
      return key;
    });
  }

  private matrix(name: string, values: readonly (readonly number[])[]): string {
    return this.constant(name, [values.length, values[0]!.length], values.flat());
  }

  private constant(name: string, shape: readonly number[], values: readonly number[]): string {
    this.initializers.set(name, { name, shape, data: Float32Array.from(values) });
    return name;
  }

  private integers(name: string, shape: readonly number[], values: readonly number[]): string {
    this.initializers.set(name, { name, shape, data: BigInt64Array.from(values, BigInt) });
    return name;
  }
}

function bias(has: boolean): readonly string[] {
  return has ? ['bias'] : [];
}

/** In ONNX's order: [top, left, bottom, right]. */
function pads([top, bottom, left, right]: Edges): readonly number[] {
  return [top, left, bottom, right];
}
