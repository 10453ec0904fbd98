import {
  add,
  avgPool,
  clipByValue,
  concat,
  div,
  keep,
  log,
  matMul,
  maximum,
  mean,
  minimum,
  mul,
  reshape,
  sigmoid,
  softmax,
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
const IMAGE_BACK = [0, 3, 1, 2];
const FILTER = [2, 3, 1, 0];
const DEPTHWISE_FILTER = [2, 3, 0, 1];

/** Runs an ONNX model on an engine node by node, as the file says, to see that the file says what was meant. */
export class OnnxNetwork {
  /** By name and order of axes. */
  private readonly placed = new Map<string, Tensor>();
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
      const values = new Map([[this.model.graph.inputs[0]!.name, imageTensor(pictures)]]);
      for (const node of this.model.graph.nodes) {
        values.set(
          node.outputs[0]!,
          tidy(() => this.run(node, values)),
        );
        for (const input of node.inputs) {
          if (this.lastReader.get(input) === node) values.get(input)?.dispose();
        }
      }
      return log(values.get('probabilities')!);
    });
    return readValues(output);
  }

  dispose(): void {
    for (const constant of this.placed.values()) constant.dispose();
    this.placed.clear();
  }

  private run(node: OnnxNode, values: ReadonlyMap<string, Tensor>): Tensor {
    const { ops } = this;
    const of = (index: number): Tensor => {
      const name = node.inputs[index]!;
      return values.get(name) ?? this.constant(name);
    };
    switch (node.operator) {
      case 'Sub':
        return sub(of(0), of(1));
      case 'Div':
        return div(of(0), of(1));
      case 'Add':
        return add(of(0), of(1));
      case 'Mul':
        return mul(of(0), of(1));
      case 'Sigmoid':
        return sigmoid(of(0));
      case 'HardSigmoid':
        return clipByValue(add(mul(of(0), float(node, 'alpha')), float(node, 'beta')), 0, 1);
      case 'Identity':
        return reshape(of(0), of(0).shape);
      case 'Conv':
        return this.convolution(node, of(0));
      case 'BatchNormalization':
        return ops.batchNorm(of(0), of(1), of(2), of(3), of(4), float(node, 'epsilon'));
      case 'Relu':
        return ops.relu(of(0), undefined);
      case 'Clip':
        return minimum(maximum(of(0), of(1)), of(2));
      case 'MaxPool':
        return ops.maxPool(
          padded(of(0), ints(node, 'pads'), -Infinity),
          pair(node, 'kernel_shape'),
          pair(node, 'strides'),
        );
      case 'AveragePool':
        return avgPool(
          of(0) as Tensor4D,
          [...pair(node, 'kernel_shape')],
          [...pair(node, 'strides')],
          'valid',
        );
      case 'GlobalAveragePool':
        return mean(of(0), [1, 2], true);
      case 'MatMul':
        return product(of(0), of(1));
      case 'Flatten': {
        const x = of(0);
        return reshape(x.rank === 4 ? transpose(x, IMAGE_BACK) : x, [x.shape[0], -1]);
      }
      case 'Gemm': {
        if (int(node, 'transB') !== 1) throw wrong(node);
        const y = matMul(of(0), of(1), false, true);
        return node.inputs.length > 2 ? add(y, of(2)) : y;
      }
      case 'Concat':
        return concat(
          node.inputs.map((_, index) => of(index)),
          of(0).rank === 4 ? 3 : int(node, 'axis'),
        );
      case 'Softmax':
        return softmax(of(0), int(node, 'axis'));
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
    const y = depthwise
      ? this.ops.depthwiseConv2d(image, this.constant(filter!, DEPTHWISE_FILTER), window)
      : this.ops.conv2d(
          image,
          groups > 1 ? spreadGroups(this.constant(filter!, FILTER), groups) : this.constant(filter!, FILTER),
          window,
        );
    return bias === undefined ? y : this.ops.biasAdd(y, this.constant(bias));
  }

  /** An initializer in the engine, placed there once. */
  private constant(name: string, imageAxes = IMAGE): Tensor {
    const known = this.placed.get(name);
    if (known) return known;
    const found = this.initializers.get(name);
    if (!found) throw new Error(`The ONNX graph reads ${name}, which nothing gives`);
    const { shape, data } = found;
    const axes = shape.length === 4 ? imageAxes : shape.map((_, axis) => axis);
    const layout = { axes, engineShape: axes.map(axis => shape[axis]!) };
    const made = keep(this.ops.place(toEngine(data, shape, layout), layout.engineShape));
    this.placed.set(name, made);
    return made;
  }
}

/** The product of a matrix and the images' rows, or of their columns and a matrix. */
function product(a: Tensor, b: Tensor): Tensor {
  const [x, matrix] = a.rank === 4 ? [a, b] : [b, a];
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const rows = reshape(transpose(x, IMAGE_BACK), [batch * channels, height, width]);
  const one = reshape(matrix, [1, ...matrix.shape]);
  const y = a.rank === 4 ? matMul(rows, one) : matMul(one, rows);
  return transpose(reshape(y, [batch, channels, ...y.shape.slice(1)]), IMAGE);
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
