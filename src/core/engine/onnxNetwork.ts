import {
  add,
  avgPool,
  clipByValue,
  concat,
  div,
  erf,
  keep,
  log,
  matMul,
  maximum,
  mean,
  minimum,
  mul,
  pow,
  reshape,
  sigmoid,
  slice,
  softmax,
  sqrt,
  sub,
  tidy,
  transpose,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Pair } from '../model/layerTree';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../onnx/onnxModel';
import { spreadGroups } from './layers/groupedFilter';
import { withEdges } from './layers/withEdges';
import { toEngine } from './layouts';
import { imageTensor } from './imageTensor';
import type { Pictures } from './networkInput';
import type { Ops } from './ops';
import { readValues } from './readValues';

/** Images and filters lie in the engine's order: its axis i is axis `IMAGE[i]` of ONNX. */
const IMAGE = [0, 2, 3, 1];
const FILTER = [2, 3, 1, 0];
const DEPTHWISE_FILTER = [2, 3, 0, 1];

/** Runs an ONNX model on an engine node by node, as the file says, to see that the file says what was meant. */
export class OnnxNetwork {
  /** Initializers by name. */
  private readonly placed = new Map<string, Value>();
  private readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** By value, the last node that reads it. */
  private readonly lastReader: ReadonlyMap<string, OnnxNode>;

  constructor(
    private readonly model: OnnxModel,
    private readonly ops: Ops,
  ) {
    const { nodes, initializers } = model.graph;
    this.initializers = new Map(initializers.map(each => [each.name, each]));
    this.lastReader = new Map(nodes.flatMap(node => node.inputs.map(input => [input, node] as const)));
  }

  /** The logarithms of the output `probabilities`, [batch, classes]; pixels of float32 are the input as it is. */
  async evaluateStep(pictures: Pictures): Promise<Float32Array> {
    const output = tidy(() => {
      const values = new Map([[this.model.graph.inputs[0]!.name, asImage(imageTensor(pictures))]]);
      for (const node of this.model.graph.nodes) {
        let axes: readonly number[] = [];
        const made = tidy(() => {
          const value = this.run(node, values);
          axes = value.axes;
          return value.tensor;
        });
        values.set(node.outputs[0]!, { tensor: made, axes });
        for (const input of node.inputs) {
          if (this.lastReader.get(input) === node) values.get(input)?.tensor.dispose();
        }
      }
      return log(values.get('probabilities')!.tensor);
    });
    return readValues(output);
  }

  dispose(): void {
    for (const { tensor } of this.placed.values()) tensor.dispose();
    this.placed.clear();
  }

  private run(node: OnnxNode, values: ReadonlyMap<string, Value>): Value {
    const { ops } = this;
    const of = (index: number): Value => {
      const name = node.inputs[index]!;
      return values.get(name) ?? this.constant(name);
    };
    const plain = (index: number): Tensor => arranged(of(index), inOrder(of(index).tensor.rank));
    const image = (index: number): Tensor => arranged(of(index), IMAGE);
    const pointwise = (change: (x: Tensor) => Tensor): Value => ({ ...of(0), tensor: change(of(0).tensor) });
    switch (node.operator) {
      case 'Sub':
        return together(sub, of(0), of(1));
      case 'Div':
        return together(div, of(0), of(1));
      case 'Add':
        return together(add, of(0), of(1));
      case 'Mul':
        return together(mul, of(0), of(1));
      case 'Pow':
        return together(pow, of(0), of(1));
      case 'Sqrt':
        return pointwise(sqrt);
      case 'Erf':
        return pointwise(erf);
      case 'Sigmoid':
        return pointwise(sigmoid);
      case 'HardSigmoid':
        return pointwise(x => clipByValue(add(mul(x, float(node, 'alpha')), float(node, 'beta')), 0, 1));
      case 'Identity':
        return pointwise(x => reshape(x, x.shape));
      case 'Relu':
        return pointwise(x => ops.relu(x, undefined));
      case 'Clip':
        return pointwise(x => minimum(maximum(x, plain(1)), plain(2)));
      case 'Conv':
        return asImage(this.convolution(node, image(0)));
      case 'BatchNormalization': {
        const epsilon = float(node, 'epsilon');
        return asImage(ops.batchNorm(image(0), plain(1), plain(2), plain(3), plain(4), epsilon));
      }
      case 'MaxPool': {
        const x = padded(image(0), ints(node, 'pads'), -Infinity);
        return asImage(ops.maxPool(x, pair(node, 'kernel_shape'), pair(node, 'strides')));
      }
      case 'AveragePool': {
        const window = [[...pair(node, 'kernel_shape')], [...pair(node, 'strides')]] as [Sides, Sides];
        return asImage(avgPool(image(0) as Tensor4D, ...window, 'valid'));
      }
      case 'GlobalAveragePool':
        return asImage(mean(image(0), [1, 2], true));
      case 'ReduceMean': {
        const { tensor, axes } = of(0);
        const along = ints(node, 'axes').map(axis => axes.indexOf(axis < 0 ? axis + axes.length : axis));
        return { tensor: mean(tensor, along, true), axes };
      }
      case 'Transpose': {
        const { tensor, axes } = of(0);
        const order = ints(node, 'perm');
        return { tensor: reshape(tensor, tensor.shape), axes: axes.map(axis => order.indexOf(axis)) };
      }
      case 'Reshape': {
        const x = plain(0);
        return asIs(
          reshape(
            x,
            this.integers(node.inputs[1]!).map((side, axis) => side || x.shape[axis]!),
          ),
        );
      }
      case 'Gather': {
        const [index] = this.integers(node.inputs[1]!);
        return taken(of(0), int(node, 'axis'), index!);
      }
      case 'MatMul':
        return asIs(product(plain(0), plain(1)));
      case 'Flatten':
        return asIs(reshape(plain(0), [plain(0).shape[0], -1]));
      case 'Gemm': {
        if (int(node, 'transB') !== 1) throw wrong(node);
        const y = matMul(plain(0), plain(1), false, true);
        return asIs(node.inputs.length > 2 ? add(y, plain(2)) : y);
      }
      case 'Concat': {
        const { axes } = of(0);
        const parts = node.inputs.map((_, index) => arranged(of(index), axes));
        return { tensor: concat(parts, axes.indexOf(int(node, 'axis'))), axes };
      }
      case 'Softmax':
        // Over the last axis, be it counted from the end or not.
        return asIs(softmax(plain(0)));
      default:
        throw wrong(node);
    }
  }

  private convolution(node: OnnxNode, x: Tensor): Tensor {
    const [, filter, bias] = node.inputs;
    const groups = int(node, 'group');
    const depthwise = groups > 1 && this.initializers.get(filter!)?.shape[1] === 1;
    const image = padded(x, ints(node, 'pads'), 0);
    const window = { stride: pair(node, 'strides'), padding: 'valid' } as const;
    const weights = this.constant(filter!, depthwise ? DEPTHWISE_FILTER : FILTER).tensor;
    const y = depthwise
      ? this.ops.depthwiseConv2d(image, weights, window)
      : this.ops.conv2d(image, groups > 1 ? spreadGroups(weights, groups) : weights, window);
    return bias === undefined ? y : this.ops.biasAdd(y, this.constant(bias).tensor);
  }

  /** An initializer in the engine, placed there once. */
  private constant(name: string, imageAxes = IMAGE): Value {
    const known = this.placed.get(name);
    if (known) return known;
    const { shape, data } = this.initializer(name);
    if (!(data instanceof Float32Array)) throw new Error(`${name} of the ONNX graph is no float32`);
    const axes = shape.length === 4 ? imageAxes : inOrder(shape.length);
    const layout = { axes, engineShape: axes.map(axis => shape[axis]!) };
    const tensor = keep(this.ops.place(toEngine(data, shape, layout), layout.engineShape));
    const made = { tensor, axes };
    this.placed.set(name, made);
    return made;
  }

  private integers(name: string): readonly number[] {
    return Array.from(this.initializer(name).data, Number);
  }

  private initializer(name: string): OnnxTensor {
    const found = this.initializers.get(name);
    if (!found) throw new Error(`The ONNX graph reads ${name}, which nothing gives`);
    return found;
  }
}

/** A value as it lies in the engine: axis i of the tensor is axis `axes[i]` of ONNX. */
interface Value {
  readonly tensor: Tensor;
  readonly axes: readonly number[];
}

type Sides = [number, number];

function inOrder(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

function asIs(tensor: Tensor): Value {
  return { tensor, axes: inOrder(tensor.rank) };
}

function asImage(tensor: Tensor): Value {
  return { tensor, axes: IMAGE };
}

/** The tensor with its axes in that order; axes that a smaller value lacks are its first, of extent 1. */
function arranged({ tensor, axes }: Value, order: readonly number[]): Tensor {
  const missing = order.length - axes.length;
  const all = [...inOrder(missing), ...axes.map(axis => axis + missing)];
  const whole = missing === 0 ? tensor : reshape(tensor, [...inOrder(missing).map(() => 1), ...tensor.shape]);
  if (order.every((axis, i) => all[i] === axis)) return whole;
  return transpose(
    whole,
    order.map(axis => all.indexOf(axis)),
  );
}

/** What an operation of two values gives, in the order of the one of more axes. */
function together(compute: (a: Tensor, b: Tensor) => Tensor, a: Value, b: Value): Value {
  const { axes } = a.axes.length >= b.axes.length ? a : b;
  return { tensor: compute(arranged(a, axes), arranged(b, axes)), axes };
}

/** One of the values along an axis, which is then gone. */
function taken({ tensor, axes }: Value, axis: number, index: number): Value {
  const at = axes.indexOf(axis);
  const begin = tensor.shape.map((_, i) => (i === at ? index : 0));
  const part = slice(
    tensor,
    begin,
    tensor.shape.map((extent, i) => (i === at ? 1 : extent)),
  );
  const rest = axes.filter(each => each !== axis);
  return {
    tensor: reshape(
      part,
      tensor.shape.filter((_, i) => i !== at),
    ),
    axes: rest.map(each => (each > axis ? each - 1 : each)),
  };
}

/** The product of the last two axes; where one of the factors is a matrix, with each that the other holds. */
function product(a: Tensor, b: Tensor): Tensor {
  if (a.rank === b.rank) return matMul(a, b);
  if (b.rank === 2) {
    const rows = matMul(reshape(a, [-1, a.shape.at(-1)!]), b);
    return reshape(rows, [...a.shape.slice(0, -1), b.shape[1]!]);
  }
  const [height, width] = b.shape.slice(-2) as [number, number];
  const y = matMul(reshape(a, [1, ...a.shape]), reshape(b, [-1, height, width]));
  return reshape(y, [...b.shape.slice(0, -2), a.shape[0], width]);
}

/** `pads`: top, left, bottom, right. */
function padded(x: Tensor, pads: readonly number[], value: number): Tensor {
  const [top, left, bottom, right] = pads as readonly [number, number, number, number];
  return withEdges(x, [top, bottom, left, right], value);
}

function int(node: OnnxNode, name: string): number {
  const value = node.attributes[name];
  if (!value || !('int' in value)) throw wrong(node);
  return value.int;
}

function float(node: OnnxNode, name: string): number {
  const value = node.attributes[name];
  if (!value || !('float' in value)) throw wrong(node);
  return value.float;
}

function ints(node: OnnxNode, name: string): readonly number[] {
  const value = node.attributes[name];
  if (!value || !('ints' in value)) throw wrong(node);
  return value.ints;
}

function pair(node: OnnxNode, name: string): Pair {
  return ints(node, name) as unknown as Pair;
}

function wrong({ operator, name }: OnnxNode): Error {
  return new Error(`The ONNX node ${name} is a ${operator} of a kind that is not written here`);
}
