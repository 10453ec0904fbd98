import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  depthwiseConv2d,
  reverse,
  tensor,
  tidy,
  type backend_util,
  type KernelFunc,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { spread } from './spread';
import { windowOf, type WindowAttributes } from '../windowOf';

/** As for the convolution over all channels: dy, spread, with the filter turned round. */
export const depthwiseInputGradient: KernelFunc = ({ inputs, attrs }) => {
  const [dy, filter] = [inputs['dy'] as Tensor4D, inputs['filter'] as Tensor4D];
  const inputShape = attrs!['inputShape'] as number[];
  const window = windowOf(inputShape, filter.shape, attrs as unknown as WindowAttributes, true);
  return tidy(() => depthwiseConv2d(spread(dy, window) as Tensor4D, reverse(filter, [0, 1]), 1, 'valid'));
};

/** Each channel has so few products that they are summed where they lie; in double precision, which costs nothing here. */
export const depthwiseFilterGradient: KernelFunc = ({ inputs, attrs, backend }) => {
  const [x, dy] = [inputs['x'] as Tensor4D, inputs['dy'] as Tensor4D];
  const filterShape = attrs!['filterShape'] as number[];
  const window = windowOf(x.shape, filterShape, attrs as unknown as WindowAttributes, true);
  const heap = backend as BackendWasm;
  const sums = filterSums(
    heap.typedArrayFromHeap(x) as Float32Array,
    heap.typedArrayFromHeap(dy) as Float32Array,
    window,
  );
  return tensor(Float32Array.from(sums), filterShape);
};

function filterSums(x: Float32Array, dy: Float32Array, window: backend_util.Conv2DInfo): Float64Array {
  const { batchSize, inHeight, inWidth, inChannels: channels, outHeight, outWidth, padInfo } = window;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = window;
  const sums = new Float64Array(filterHeight * filterWidth * channels);
  let at = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++, at += channels) {
        const top = row * strideHeight - padInfo.top;
        const left = column * strideWidth - padInfo.left;
        for (let i = Math.max(0, -top); i < Math.min(filterHeight, inHeight - top); i++) {
          for (let j = Math.max(0, -left); j < Math.min(filterWidth, inWidth - left); j++) {
            let from = ((image * inHeight + top + i) * inWidth + left + j) * channels;
            let to = (i * filterWidth + j) * channels;
            for (let c = at; c < at + channels; c++) sums[to++]! += x[from++]! * dy[c]!;
          }
        }
      }
    }
  }
  return sums;
}
