import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { Ops } from '../ops';

/** The sum over all axes but the last. */
export function sumOfRows(ops: Ops, x: Tensor): Tensor {
  const [batch, ...rest] = x.shape;
  const last = rest.pop()!;
  // As an image, whose sums lose no digits on any engine.
  const [height, width] = rest.length === 2 ? rest : [1, rest[0] ?? 1];
  const image = reshape(x, [batch, height!, width!, last]);
  const sums = ops.biasGradient(image);
  image.dispose();
  return sums;
}
