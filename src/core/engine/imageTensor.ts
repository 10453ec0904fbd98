import { div, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { picturesIn } from './batchParts';
import type { Pictures } from './networkInput';

/** Pictures in [0, 1], [batch, size, size, 3]; pixels of float32 as they are. */
export function imageTensor({ pixels, size }: Pictures): Tensor {
  const shape = [picturesIn({ pixels, size }), size, size, 3];
  return pixels instanceof Float32Array
    ? tensor(pixels, shape)
    : div(tensor(Float32Array.from(pixels), shape), 255);
}
