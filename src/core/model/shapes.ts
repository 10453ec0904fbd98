import { t } from '../../protocol/language';
import { UserError } from '../userError';
import { INPUT, type GraphNode, type Operation } from './graph';
import type { Pair } from './layerTree';
import { avgPoolOutput, conv2dOutput, maxPoolOutput } from './windowOutput';

/** PyTorch's order without the batch: [channels, height, width], or [features]. */
export type Shape = readonly number[];

const largestSearched = 1024;

/** The shape of each node's value as engines lay it out, with the channels of an image last. */
export function engineShapes(graph: readonly GraphNode[], shapes: readonly Shape[]): readonly Shape[] {
  const channelsLast: boolean[] = [];
  return graph.map(({ operation, inputs }, index) => {
    const [from = INPUT] = inputs;
    channelsLast.push(operation.type === 'Permute' ? operation.dims[3] === 1 : channelsLast[from] === true);
    const shape = shapes[index]!;
    const [channels, ...rest] = shape;
    return shape.length === 3 && !channelsLast[index] ? [...rest, channels!] : shape;
  });
}

/** Values that a tensor of a shape holds. */
export function valuesIn(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** The height and width of an image [channels, height, width]. */
export function imageSize([, height, width]: Shape): Pair {
  return [height!, width!];
}

/**
 * The output shape of each node for an input [channels, height, width]. A UserError says the smallest size that works
 * when the input is too small, and the only one where there is no other.
 */
export function inferShapes(graph: readonly GraphNode[], input: Shape): readonly Shape[] {
  const shapes = tryShapes(graph, input);
  if (!shapes) throw new UserError(misfitText(graph, input));
  return shapes;
}

/** Why images [channels, height, width] that do not fit a model do not. */
export function misfitText(graph: readonly GraphNode[], [channels = 0, height, width]: Shape): string {
  const size = smallestSize(graph, channels);
  return tryShapes(graph, [channels, size + 1, size + 1])
    ? t(
        'Images of {0} x {1} pixels are too small for this model; {2} is the smallest size that works.',
        height!,
        width!,
        size,
      )
    : t(
        'Images of {0} x {1} pixels do not fit this model, which takes {2} x {2} alone: its parameters belong to places.',
        height!,
        width!,
        size,
      );
}

/** The size of square color images, in pixels: `size` where it fits the model, else the smallest that does. */
export function fittingSize(graph: readonly GraphNode[], size: number): number {
  return tryShapes(graph, [3, size, size]) ? size : smallestSize(graph, 3);
}

function smallestSize(graph: readonly GraphNode[], channels: number): number {
  for (let size = 1; size <= largestSearched; size++) {
    if (tryShapes(graph, [channels, size, size])) return size;
  }
  throw new Error(`No input of ${channels} channels fits this model`);
}

function tryShapes(graph: readonly GraphNode[], input: Shape): readonly Shape[] | undefined {
  const shapes: Shape[] = [];
  for (const node of graph) {
    const shape = outputShape(
      node.operation,
      node.inputs.map(from => (from === INPUT ? input : shapes[from]!)),
    );
    const { operation } = node;
    const fits = operation.type !== 'Tokens' || input.slice(1).every(side => side === operation.imageSize);
    if (!fits || shape.some(extent => extent < 1)) return undefined;
    shapes.push(shape);
  }
  return shapes;
}

function outputShape(operation: Operation, inputs: readonly Shape[]): Shape {
  const [input = []] = inputs;
  const [channels = 0, height = 0, width = 0] = input;
  switch (operation.type) {
    case 'Conv2d':
      return [operation.outChannels, conv2dOutput(operation, height, 0), conv2dOutput(operation, width, 1)];
    case 'MaxPool2d':
      return [channels, maxPoolOutput(operation, height, 0), maxPoolOutput(operation, width, 1)];
    case 'AvgPool2d':
      return [channels, avgPoolOutput(operation, height, 0), avgPoolOutput(operation, width, 1)];
    case 'AdaptiveAvgPool2d':
      return [channels, ...operation.outputSize];
    case 'Linear':
      return [...input.slice(0, -1), operation.outFeatures];
    case 'InProjection':
      return [...input.slice(0, -1), 3 * operation.features];
    case 'Attention':
      return [...input.slice(0, -1), operation.features];
    case 'Tokens':
      return [height * width, channels];
    case 'FirstToken':
      return input.slice(1);
    case 'Parameter':
      return operation.use === 'prepend' ? [input[0]! + 1, ...input.slice(1)] : input;
    case 'Permute':
      return operation.dims.slice(1).map(axis => input[axis - 1]!);
    case 'Flatten':
      return [valuesIn(input)];
    case 'Concat':
      return [inputs.reduce((sum, shape) => sum + shape[0]!, 0), ...input.slice(1)];
    case 'Add':
    case 'Multiply':
    case 'BatchNorm2d':
    case 'LayerNorm':
    case 'LayerNorm2d':
    case 'Dropout':
    case 'StochasticDepth':
    case 'ReLU':
    case 'ReLU6':
    case 'Hardswish':
    case 'Hardsigmoid':
    case 'SiLU':
    case 'Sigmoid':
    case 'GELU':
      return input;
  }
}
