import { backend_util } from '@tensorflow/tfjs-core';

/** What tfjs tells the gradients of convolutions beside a shape. */
export interface WindowAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
}

/** Everything about a convolution of such an input with such a filter. */
export function windowOf(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad }: WindowAttributes,
  depthwise: boolean,
): backend_util.Conv2DInfo {
  type Shape = [number, number, number, number];
  const [input, filter] = [[...inputShape] as Shape, [...filterShape] as Shape];
  return backend_util.computeConv2DInfo(input, filter, strides, 1, pad, undefined, depthwise);
}
