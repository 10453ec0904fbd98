import {
  clone,
  matMul,
  mean,
  mul,
  ones,
  reshape,
  slice,
  tensor2d,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { averagingMatrix, transposed, windowMatrix } from '../../model/averagingMatrix';
import { avgPoolOutput, maxPoolEdges } from '../../model/windowOutput';
import type { AdaptiveAvgPool2d, AvgPool2d, MaxPool2d } from '../../model/layerTree';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';
import { withEdges } from './withEdges';

/** Max pooling with torch's padding (never the maximum) and ceil mode. */
export class MaxPool2dLayer implements EngineLayer {
  readonly readsInputs = true;
  readonly readsOutput = true;

  constructor(
    private readonly layer: MaxPool2d,
    private readonly context: LayerContext,
  ) {}

  forward([x]: readonly Tensor[]): Forward {
    const padded = this.padded(x!);
    const output = this.context.ops.maxPool(padded, this.layer.kernelSize, this.layer.stride);
    if (padded !== x) padded.dispose();
    return { output };
  }

  backward({ dy, inputs, output, wants }: Backward): readonly (Tensor | undefined)[] {
    if (!wants[0]) return [undefined];
    const { kernelSize, stride, padding } = this.layer;
    const x = inputs[0]!;
    const padded = this.padded(x);
    const dPadded = this.context.ops.maxPoolGradient(dy, padded, output!, kernelSize, stride);
    if (padded === x) return [dPadded];
    padded.dispose();
    const dx = slice(dPadded, [0, padding[0], padding[1], 0], x.shape);
    dPadded.dispose();
    return [dx];
  }

  private padded(x: Tensor): Tensor {
    const [, height, width] = x.shape as [number, number, number, number];
    return withEdges(x, maxPoolEdges(this.layer, [height, width]), -Infinity);
  }
}

/** Means over as many regions as `outputSize` says, whatever the input's size. */
export class AdaptiveAvgPool2dLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  constructor(private readonly layer: AdaptiveAvgPool2d) {}

  forward([x]: readonly Tensor[]): Forward {
    const [, height, width] = x!.shape as [number, number, number, number];
    const [rows, columns] = this.layer.outputSize;
    if (rows === height && columns === width) return { output: clone(x!) };
    if (rows === 1 && columns === 1) return { output: mean(x!, [1, 2], true) };
    return {
      output: alongBothAxes(x!, averagingMatrix(height, rows), averagingMatrix(width, columns), [
        rows,
        columns,
      ]),
    };
  }

  backward({ dy, inputShapes, wants }: Backward): readonly (Tensor | undefined)[] {
    if (!wants[0]) return [undefined];
    const [, height, width] = inputShapes[0] as [number, number, number, number];
    const [rows, columns] = this.layer.outputSize;
    if (rows === height && columns === width) return [clone(dy)];
    if (rows === 1 && columns === 1) {
      return [tidy(() => mul(mul(dy, 1 / (height * width)), ones([1, height, width, 1])))];
    }
    return [
      alongBothAxes(
        dy,
        transposed(averagingMatrix(height, rows)),
        transposed(averagingMatrix(width, columns)),
        [height, width],
      ),
    ];
  }
}

/** Means of windows, as products with a matrix for each axis: exact where the window's sides are powers of 2. */
export class AvgPool2dLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  constructor(private readonly layer: AvgPool2d) {}

  forward([x]: readonly Tensor[]): Forward {
    const [rows, columns] = this.matrices(x!.shape);
    return { output: alongBothAxes(x!, rows, columns, [rows.length, columns.length]) };
  }

  backward({ dy, inputShapes, wants }: Backward): readonly (Tensor | undefined)[] {
    if (!wants[0]) return [undefined];
    const [, height, width] = inputShapes[0] as [number, number, number, number];
    const [rows, columns] = this.matrices(inputShapes[0]!);
    return [alongBothAxes(dy, transposed(rows), transposed(columns), [height, width])];
  }

  private matrices([, height, width]: readonly number[]): readonly [number[][], number[][]] {
    const { kernelSize, stride } = this.layer;
    const along = (size: number, axis: 0 | 1): number[][] =>
      windowMatrix(size, avgPoolOutput(this.layer, size, axis), kernelSize[axis], stride[axis]);
    return [along(height!, 0), along(width!, 1)];
  }
}

/** Multiplies the rows and then the columns of x [batch, height, width, channels] by a matrix each. */
function alongBothAxes(
  x: Tensor,
  rows: number[][],
  columns: number[][],
  size: readonly [number, number],
): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  return tidy(() => {
    const flat = reshape(x, [batch, height, width * channels]);
    const byRows = matMul(reshape(tensor2d(rows), [1, size[0], height]), flat);
    const lines = reshape(byRows, [batch * size[0], width, channels]);
    const byColumns = matMul(reshape(tensor2d(columns), [1, size[1], width]), lines);
    return reshape(byColumns, [batch, size[0], size[1], channels]);
  });
}
