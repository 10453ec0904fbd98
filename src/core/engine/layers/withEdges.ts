import { pad, type Tensor } from '@tensorflow/tfjs-core';

/** What is added around an image, in pixels. */
export type Edges = readonly [top: number, bottom: number, left: number, right: number];

/** Images [batch, height, width, channels] with a value around them; themselves where there are no edges. */
export function withEdges(x: Tensor, [top, bottom, left, right]: Edges, value = 0): Tensor {
  if (top + bottom + left + right === 0) return x;
  const edges: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return pad(x, edges, value);
}
