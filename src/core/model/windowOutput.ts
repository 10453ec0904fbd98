import type { AvgPool2d, Conv2d, MaxPool2d, Pair } from './layerTree';

/** What is around an image, in pixels. */
export type Edges = readonly [top: number, bottom: number, left: number, right: number];

/** How a window moves over an image. Padding is none (`valid`) or TensorFlow's `same`; other paddings are added before. */
export interface Window {
  readonly stride: Pair;
  readonly padding: 'valid' | 'same';
}

/** Outputs of a convolution along one axis (0 height, 1 width), PyTorch's formula; may be below 1 where nothing fits. */
export function conv2dOutput(layer: Conv2d, size: number, axis: 0 | 1): number {
  const [stride, kernel] = [layer.stride[axis], layer.kernelSize[axis]];
  if (layer.padding === 'same') return Math.ceil(size / stride);
  return Math.floor((size + 2 * layer.padding[axis] - kernel) / stride) + 1;
}

/** Outputs of average pooling along one axis. */
export function avgPoolOutput({ kernelSize, stride }: AvgPool2d, size: number, axis: 0 | 1): number {
  return Math.floor((size - kernelSize[axis]) / stride[axis]) + 1;
}

/** Outputs of max pooling along one axis. In ceil mode the last window must begin inside the image or its first padding. */
export function maxPoolOutput(layer: MaxPool2d, size: number, axis: 0 | 1): number {
  const [stride, kernel, padding] = [layer.stride[axis], layer.kernelSize[axis], layer.padding[axis]];
  const steps = (size + 2 * padding - kernel) / stride;
  if (!layer.ceilMode) return Math.floor(steps) + 1;
  const outputs = Math.ceil(steps) + 1;
  return (outputs - 1) * stride >= size + padding ? outputs - 1 : outputs;
}

/**
 * What max pooling sees around an image [height, width] that never is the maximum: torch's padding, and where ceil mode
 * lets a window reach further, as much as that needs.
 */
export function maxPoolEdges(layer: MaxPool2d, size: Pair): Edges {
  const { padding, stride, kernelSize } = layer;
  const [below, beside] = ([0, 1] as const).map(axis => {
    const outputs = maxPoolOutput(layer, size[axis], axis);
    return Math.max((outputs - 1) * stride[axis] + kernelSize[axis] - size[axis] - padding[axis], 0);
  });
  return [padding[0], below!, padding[1], beside!];
}

/** What a convolution sees around an image [height, width], all of it 0. */
export function conv2dEdges(layer: Conv2d, size: Pair): Edges {
  const { padding } = layer;
  if (padding !== 'same') return [padding[0], padding[0], padding[1], padding[1]];
  const [[top, bottom], [left, right]] = [sameEdges(layer, size[0], 0), sameEdges(layer, size[1], 1)];
  return [top, bottom, left, right];
}

/** The zeros to add around an image [height, width], and the window then: torch pads both sides alike, TensorFlow's `same` may not. */
export function convolutionGeometry(layer: Conv2d, size: Pair): { edges: Edges; window: Window } {
  const { padding, stride } = layer;
  const none: Edges = [0, 0, 0, 0];
  if (padding === 'same') return { edges: none, window: { stride, padding: 'same' } };
  if (padding[0] === 0 && padding[1] === 0) return { edges: none, window: { stride, padding: 'valid' } };
  const asSame = conv2dEdges({ ...layer, padding: 'same' }, size);
  const edges = conv2dEdges(layer, size);
  const isSame = edges.every((edge, side) => edge === asSame[side]);
  return isSame
    ? { edges: none, window: { stride, padding: 'same' } }
    : { edges, window: { stride, padding: 'valid' } };
}

function sameEdges({ kernelSize, stride }: Conv2d, size: number, axis: 0 | 1): readonly [number, number] {
  const outputs = Math.ceil(size / stride[axis]);
  const all = Math.max((outputs - 1) * stride[axis] + kernelSize[axis] - size, 0);
  const before = Math.floor(all / 2);
  return [before, all - before];
}
