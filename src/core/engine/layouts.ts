import { isContainer, isDepthwise, type Layer } from '../model/layerTree';
import { valuesIn } from '../model/shapes';

/** How a tensor of PyTorch's layout lies in the engine: its shape there, and the order of the axes. */
export interface Layout {
  readonly engineShape: readonly number[];
  /** Engine axis i is PyTorch axis `axes[i]`. */
  readonly axes: readonly number[];
}

/** Convolution filters go from [out, in / groups, height, width] to [height, width, in / groups, out]; depthwise ones from [channels, 1, height, width] to [height, width, channels, 1]. The rest stays. */
export function layoutOf(layer: Layer, torchShape: readonly number[]): Layout {
  const axes =
    isContainer(layer) || layer.type !== 'Conv2d' || torchShape.length !== 4
      ? torchShape.map((_, axis) => axis)
      : isDepthwise(layer)
        ? [2, 3, 0, 1]
        : [2, 3, 1, 0];
  return { axes, engineShape: axes.map(axis => torchShape[axis]!) };
}

/** PyTorch's values in the engine's order; the same array where the order is the same. */
export function toEngine(data: Float32Array, torchShape: readonly number[], layout: Layout): Float32Array {
  return permute(data, torchShape, layout.axes);
}

/** The engine's values in PyTorch's order; the same array where the order is the same. */
export function toTorch(data: Float32Array, layout: Layout): Float32Array {
  const inverse = layout.axes.map((_, axis) => layout.axes.indexOf(axis));
  return permute(data, layout.engineShape, inverse);
}

/** `result[i0, i1, ...]` has axis k of the source at position `axes.indexOf(k)`; row-major both. */
function permute(data: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  if (axes.every((axis, i) => axis === i)) return data;
  const strides = shape.map((_, axis) => valuesIn(shape.slice(axis + 1)));
  const [n0, n1, n2, n3] = axes.map(axis => shape[axis]!) as [number, number, number, number];
  const [s0, s1, s2, s3] = axes.map(axis => strides[axis]!) as [number, number, number, number];
  const result = new Float32Array(data.length);
  let to = 0;
  for (let i0 = 0; i0 < n0; i0++) {
    for (let i1 = 0; i1 < n1; i1++) {
      for (let i2 = 0; i2 < n2; i2++) {
        let from = i0 * s0 + i1 * s1 + i2 * s2;
        for (let i3 = 0; i3 < n3; i3++, from += s3) result[to++] = data[from]!;
      }
    }
  }
  return result;
}
