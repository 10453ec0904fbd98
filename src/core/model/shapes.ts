import { t } from '../../protocol/language';
import { UserError } from '../userError';
import { INPUT, type GraphNode, type Operation } from './graph';
import type { Pair } from './layerTree';
import { avgPoolOutput, conv2dOutput, maxPoolOutput } from './windowOutput';

/** PyTorch's order without the batch: [channels, height, width], or [features]. */
export type Shape = readonly number[];

const largestSearched = 1024;

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
 * when the input is too small.
 */
export function inferShapes(graph: readonly GraphNode[], input: Shape): readonly Shape[] {
  const shapes = tryShapes(graph, input);
  if (shapes) return shapes;
  const [channels = 0, height, width] = input;
  for (let size = 1; size <= largestSearched; size++) {
    if (tryShapes(graph, [channels, size, size])) {
      throw new UserError(
        t(
          'Images of {0} x {1} pixels are too small for this model; {2} is the smallest size that works.',
          height!,
          width!,
          size,
        ),
      );
    }
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
    if (shape.some(extent => extent < 1)) return undefined;
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
      return [operation.outFeatures];
    case 'Flatten':
      return [valuesIn(input)];
    case 'Concat':
      return [inputs.reduce((sum, shape) => sum + shape[0]!, 0), ...input.slice(1)];
    case 'Add':
    case 'Multiply':
    case 'BatchNorm2d':
    case 'Dropout':
    case 'StochasticDepth':
    case 'ReLU':
    case 'ReLU6':
    case 'Hardswish':
    case 'Hardsigmoid':
    case 'SiLU':
    case 'Sigmoid':
      return input;
  }
}
