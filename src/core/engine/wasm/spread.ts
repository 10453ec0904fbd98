import { pad, reshape, slice, type backend_util, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The gradient of a convolution's output [batch, rows, columns, channels] with zeros between its pixels (as many as the
 * stride skips) and around them: where the turned filter then begins at each pixel of the input.
 */
export function spread(dy: Tensor, window: backend_util.Conv2DInfo): Tensor {
  const [batch, rows, columns, channels] = dy.shape as [number, number, number, number];
  const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo, inHeight, inWidth } = window;
  const wide = apart(reshape(dy, [batch * rows, columns, channels]), strideWidth);
  const edged = fit(wide, filterWidth - 1 - padInfo.left, inWidth + filterWidth - 1);
  const width = edged.shape[1]!;
  const tall = apart(reshape(edged, [batch, rows, width * channels]), strideHeight);
  const whole = fit(tall, filterHeight - 1 - padInfo.top, inHeight + filterHeight - 1);
  return reshape(whole, [batch, whole.shape[1]!, width, channels]);
}

/** Zeros after each entry of the second of three axes, so that they lie `step` apart. */
function apart(x: Tensor, step: number): Tensor {
  if (step === 1) return x;
  const [outer, length, inner] = x.shape as [number, number, number];
  const padded = pad(reshape(x, [outer * length, 1, inner]), [
    [0, 0],
    [0, step - 1],
    [0, 0],
  ]);
  return reshape(padded, [outer, length * step, inner]);
}

/** Zeros before and after along the second of three axes; what would go beyond `length` are zeros already. */
function fit(x: Tensor, before: number, length: number): Tensor {
  const [outer, given, inner] = x.shape as [number, number, number];
  const taken = Math.min(given, length - before);
  const part = taken < given ? slice(x, [0, 0, 0], [outer, taken, inner]) : x;
  const after = length - before - taken;
  if (before === 0 && after === 0) return part;
  return pad(part, [
    [0, 0],
    [before, after],
    [0, 0],
  ]);
}
