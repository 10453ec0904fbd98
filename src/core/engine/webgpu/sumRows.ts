import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { reshape, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { runOnGpu, type GpuProgram } from './gpuProgram';

/** Rows that one thread adds up: sums of sums, so that neither digits are lost nor threads are few. */
const ROWS = 64;

const program: GpuProgram = {
  key: 'sum of rows',
  inputs: ['x'],
  uniforms: 'rows : i32, ',
  code: `
    let columns = uniforms.xShape.y;
    let column = index % columns;
    let first = index / columns * uniforms.rows;
    let end = min(first + uniforms.rows, uniforms.xShape.x);
    var sum = 0.0;
    for (var row = first; row < end; row++) { sum += x[row * columns + column]; }
    result[index] = sum;`,
};

/** Sums over all axes but the last, [columns]. */
export function sumRows(backend: WebGPUBackend, x: Tensor): Tensor {
  const columns = x.shape.at(-1)!;
  return tidy(() => {
    let sums: Tensor = reshape(x, [x.size / columns, columns]);
    while (sums.shape[0] > 1) {
      const outputShape = [Math.ceil(sums.shape[0] / ROWS), columns];
      const threads = outputShape[0]! * columns;
      sums = runOnGpu(backend, program, { inputs: [sums], outputShape, threads, uniforms: [[ROWS]] });
    }
    return reshape(sums, [columns]);
  });
}
