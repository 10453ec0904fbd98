import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { reshape, tidy, type backend_util, type Tensor } from '@tensorflow/tfjs-core';
import { runOnGpu, type GpuProgram } from './gpuProgram';
import { sumRows } from './sumRows';

/** A thread adds up a row of one image's output, for one channel and one place of the filter. */
const program: GpuProgram = {
  key: 'depthwise filter gradient',
  inputs: ['x', 'dy'],
  uniforms: 'kernel : vec2<i32>, strides : vec2<i32>, pads : vec2<i32>, ',
  code: `
    let channels = uniforms.xShape.w;
    let channel = index % channels;
    let place = index / channels % (uniforms.kernel.x * uniforms.kernel.y);
    let line = index / (channels * uniforms.kernel.x * uniforms.kernel.y);
    let row = line % uniforms.dyShape.y * uniforms.strides.x + place / uniforms.kernel.y - uniforms.pads.x;
    var sum = 0.0;
    if (row >= 0 && row < uniforms.xShape.y) {
      let start = (line / uniforms.dyShape.y * uniforms.xShape.y + row) * uniforms.xShape.z;
      for (var i = 0; i < uniforms.dyShape.z; i++) {
        let column = i * uniforms.strides.y + place % uniforms.kernel.y - uniforms.pads.y;
        if (column < 0 || column >= uniforms.xShape.z) { continue; }
        sum += x[(start + column) * channels + channel] * dy[(line * uniforms.dyShape.z + i) * channels + channel];
      }
    }
    result[index] = sum;`,
};

/** dFilter [height, width, channels, 1] of a convolution in which each channel of x has a filter of its own. */
export function depthwiseFilterGradient(
  backend: WebGPUBackend,
  x: Tensor,
  dy: Tensor,
  window: backend_util.Conv2DInfo,
): Tensor {
  const { filterHeight, filterWidth, inChannels, padInfo, strideHeight, strideWidth } = window;
  const lines = window.batchSize * window.outHeight;
  const size = filterHeight * filterWidth * inChannels;
  return tidy(() => {
    const sums = runOnGpu(backend, program, {
      inputs: [x, dy],
      outputShape: [lines, size],
      threads: lines * size,
      uniforms: [
        [filterHeight, filterWidth],
        [strideHeight, strideWidth],
        [padInfo.top, padInfo.left],
      ],
    });
    return reshape(sumRows(backend, sums), window.filterShape);
  });
}
