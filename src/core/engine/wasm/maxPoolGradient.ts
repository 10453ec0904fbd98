import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend_util, type KernelFunc, type Tensor4D } from '@tensorflow/tfjs-core';
import type { WindowAttributes } from '../windowOf';

/**
 * dy goes to where the maximum of each window was, the first of several. The backend's own kernel gives other numbers
 * than tfjs's reference and PyTorch.
 */
export const maxPoolGradient: KernelFunc = ({ inputs, attrs, backend }) => {
  const [dy, x] = [inputs['dy'] as Tensor4D, inputs['input'] as Tensor4D];
  const { filterSize, strides, pad } = attrs as unknown as WindowAttributes & {
    filterSize: [number, number];
  };
  const window = backend_util.computePool2DInfo(x.shape, filterSize, strides, 1, pad);
  const heap = backend as BackendWasm;
  const dx = heap.makeOutput(x.shape, 'float32');
  // Only now, since memory that grows moves.
  const [from, values, to] = [dy, x, dx].map(tensor => heap.typedArrayFromHeap(tensor) as Float32Array) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  to.fill(0);
  scatter(from, values, to, window);
  return dx;
};

function scatter(dy: Float32Array, x: Float32Array, dx: Float32Array, window: backend_util.Conv2DInfo): void {
  const { batchSize, inHeight, inWidth, inChannels: channels, outHeight, outWidth, padInfo } = window;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = window;
  let at = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const top = Math.max(0, row * strideHeight - padInfo.top);
      const bottom = Math.min(inHeight, row * strideHeight - padInfo.top + filterHeight);
      for (let column = 0; column < outWidth; column++) {
        const left = Math.max(0, column * strideWidth - padInfo.left);
        const right = Math.min(inWidth, column * strideWidth - padInfo.left + filterWidth);
        for (let channel = 0; channel < channels; channel++) {
          let best = ((image * inHeight + top) * inWidth + left) * channels + channel;
          for (let i = top; i < bottom; i++) {
            let index = ((image * inHeight + i) * inWidth + left) * channels + channel;
            for (let j = left; j < right; j++, index += channels) if (x[index]! > x[best]!) best = index;
          }
          dx[best]! += dy[at++]!;
        }
      }
    }
  }
}
