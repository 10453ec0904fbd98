import type { Conv2d, MaxPool2d, Pair } from './layerTree';

/** Outputs of a convolution along one axis (0 height, 1 width), PyTorch's formula; may be below 1 where nothing fits. */
export function conv2dOutput(layer: Conv2d, size: number, axis: 0 | 1): number {
  const [stride, kernel] = [layer.stride[axis], layer.kernelSize[axis]];
  if (layer.padding === 'same') return Math.ceil(size / stride);
  return Math.floor((size + 2 * layer.padding[axis] - kernel) / stride) + 1;
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
 * lets a window reach further, as much as that needs. [top, bottom, left, right]
 */
export function maxPoolEdges(
  layer: MaxPool2d,
  size: Pair,
): readonly [top: number, bottom: number, left: number, right: number] {
  const { padding, stride, kernelSize } = layer;
  const [below, beside] = ([0, 1] as const).map(axis => {
    const outputs = maxPoolOutput(layer, size[axis], axis);
    return Math.max((outputs - 1) * stride[axis] + kernelSize[axis] - size[axis] - padding[axis], 0);
  });
  return [padding[0], below!, padding[1], beside!];
}
