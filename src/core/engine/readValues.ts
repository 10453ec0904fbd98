import type { Tensor } from '@tensorflow/tfjs-core';

/** The values of a tensor that nobody needs any more: it is disposed, also where the engine cannot give them. */
export async function readValues(tensor: Tensor): Promise<Float32Array> {
  try {
    return (await tensor.data()) as Float32Array;
  } finally {
    tensor.dispose();
  }
}
