import { UserError } from '../userError';
import { INPUT, type GraphNode, type Operation } from './graph';
import type { Padding } from './layerTree';

/** PyTorch's order without the batch: [channels, height, width], or [features]. */
export type Shape = readonly number[];

const largestSearched = 1024;

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
        `Images of ${height} x ${width} pixels are too small for this model; ${size} is the smallest size that works.`,
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
    case 'Conv2d': {
      const { kernelSize, stride, padding, outChannels } = operation;
      return [
        outChannels,
        convolved(height, kernelSize[0], stride[0], along(padding, 0)),
        convolved(width, kernelSize[1], stride[1], along(padding, 1)),
      ];
    }
    case 'MaxPool2d': {
      const { kernelSize, stride, padding, ceilMode } = operation;
      return [
        channels,
        pooled(height, kernelSize[0], stride[0], padding[0], ceilMode),
        pooled(width, kernelSize[1], stride[1], padding[1], ceilMode),
      ];
    }
    case 'AdaptiveAvgPool2d':
      return [channels, ...operation.outputSize];
    case 'Linear':
      return [operation.outFeatures];
    case 'Flatten':
      return [input.reduce((product, extent) => product * extent, 1)];
    case 'Concat':
      return [inputs.reduce((sum, shape) => sum + shape[0]!, 0), ...input.slice(1)];
    case 'Add':
    case 'DropPath':
    case 'BatchNorm2d':
    case 'Dropout':
    case 'ReLU':
    case 'ReLU6':
      return input;
  }
}

function along(padding: Padding, axis: 0 | 1): number | 'same' {
  return padding === 'same' ? padding : padding[axis];
}

function convolved(extent: number, kernel: number, stride: number, padding: number | 'same'): number {
  return padding === 'same' ? Math.ceil(extent / stride) : pooled(extent, kernel, stride, padding, false);
}

function pooled(extent: number, kernel: number, stride: number, padding: number, ceilMode: boolean): number {
  const steps = (extent + 2 * padding - kernel) / stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  const windows = Math.ceil(steps) + 1;
  // PyTorch leaves out a last window that would start in the padding past the end.
  return (windows - 1) * stride >= extent + padding ? windows - 1 : windows;
}
