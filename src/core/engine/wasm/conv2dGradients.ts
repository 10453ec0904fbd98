import {
  backend_util,
  conv2d,
  matMul,
  reshape,
  reverse,
  slice,
  tidy,
  transpose,
  type KernelFunc,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { spread } from './spread';
import { windowOf, type WindowAttributes } from '../windowOf';

/**
 * dFilter as a convolution as well: images and channels change places, dy is the filter, and what were strides are
 * dilations. [channels, height, width, images] * [rows, columns, images, out] -> [channels, height, width, out].
 */
export const conv2dFilterGradient: KernelFunc = ({ inputs, attrs }) => {
  const [x, dy] = [inputs['x'] as Tensor4D, inputs['dy'] as Tensor4D];
  const filterShape = attrs!['filterShape'] as [number, number, number, number];
  const window = windowOf(x.shape, filterShape, attrs as unknown as WindowAttributes, false);
  const { filterHeight, filterWidth, inChannels, outChannels, padInfo } = window;
  return tidy(() => {
    if (isPointwise(window)) {
      // Of the convolution below each output would be a single pixel, of which the kernel does several at a time.
      const pixels = reshape(x, [-1, inChannels]);
      return reshape(matMul(pixels, reshape(dy, [-1, outChannels]), true), filterShape);
    }
    const images = transpose(x, [3, 1, 2, 0]);
    const filter = transpose(dy, [1, 2, 0, 3]);
    const edges = explicitEdges(padInfo);
    const dilations: [number, number] = [window.strideHeight, window.strideWidth];
    const all = conv2d(images, filter, 1, edges, 'NHWC', dilations);
    const sums = slice(all, [0, 0, 0, 0], [inChannels, filterHeight, filterWidth, outChannels]);
    return transpose(sums, [1, 2, 0, 3]);
  });
};

/** dx as the convolution of dy, its pixels as far apart as the stride says, with the filter turned round. */
export const conv2dInputGradient: KernelFunc = ({ inputs, attrs }) => {
  const [dy, filter] = [inputs['dy'] as Tensor4D, inputs['filter'] as Tensor4D];
  const inputShape = attrs!['inputShape'] as [number, number, number, number];
  const window = windowOf(inputShape, filter.shape, attrs as unknown as WindowAttributes, false);
  return tidy(() => {
    const turned = transpose<Tensor4D>(reverse(filter, [0, 1]), [0, 1, 3, 2]);
    if (window.filterHeight === 1 && window.filterWidth === 1) {
      // The products first, while there are no zeros between the pixels.
      return spread(conv2d(dy, turned, 1, 'valid'), window);
    }
    return conv2d(spread(dy, window) as Tensor4D, turned, 1, 'valid');
  });
};

function isPointwise(window: backend_util.Conv2DInfo): boolean {
  return [window.filterHeight, window.filterWidth, window.strideHeight, window.strideWidth].every(
    size => size === 1,
  );
}

function explicitEdges({ top, bottom, left, right }: backend_util.PadInfo): backend_util.ExplicitPadding {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
