import { pad, type Tensor } from '@tensorflow/tfjs-core';
import type { Pair } from '../../model/layerTree';
import type { Edges } from '../../model/windowOutput';

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

/** The height and width of images [batch, height, width, channels]. */
export function sizeOf([, height, width]: readonly number[]): Pair {
  return [height!, width!];
}
