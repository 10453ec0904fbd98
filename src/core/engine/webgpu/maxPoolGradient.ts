import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Pair } from '../../model/layerTree';
import { runOnGpu, type GpuProgram } from './gpuProgram';

/**
 * A thread collects, for one value of the input, dy of each window whose maximum it is: the first of several, as PyTorch
 * has it, where tfjs's own kernel takes the last.
 */
const program: GpuProgram = {
  key: 'max pool gradient',
  inputs: ['dy', 'x', 'y'],
  uniforms: 'kernel : vec2<i32>, strides : vec2<i32>, ',
  functions: `
    fn is_first(image : i32, corner : vec2<i32>, at : vec2<i32>, channel : i32, value : f32) -> bool {
      for (var row = corner.x; row <= at.x; row++) {
        for (var column = corner.y; column < corner.y + uniforms.kernel.y; column++) {
          if (row == at.x && column == at.y) { return true; }
          if (getX(image, row, column, channel) == value) { return false; }
        }
      }
      return true;
    }`,
  code: `
    let channels = uniforms.xShape.w;
    let channel = index % channels;
    let pixel = index / channels;
    let at = vec2<i32>(pixel / uniforms.xShape.z % uniforms.xShape.y, pixel % uniforms.xShape.z);
    let image = pixel / (uniforms.xShape.y * uniforms.xShape.z);
    let value = x[index];
    let first = max(at - uniforms.kernel + uniforms.strides, vec2<i32>(0)) / uniforms.strides;
    let last = min(at / uniforms.strides, uniforms.yShape.yz - 1);
    var sum = 0.0;
    for (var row = first.x; row <= last.x; row++) {
      for (var column = first.y; column <= last.y; column++) {
        if (getY(image, row, column, channel) != value) { continue; }
        if (is_first(image, vec2<i32>(row, column) * uniforms.strides, at, channel, value)) {
          sum += getDy(image, row, column, channel);
        }
      }
    }
    result[index] = sum;`,
};

/** dx of pooling x [batch, height, width, channels] without padding to y. */
export function maxPoolGradient(
  backend: WebGPUBackend,
  dy: Tensor,
  x: Tensor,
  y: Tensor,
  kernelSize: Pair,
  stride: Pair,
): Tensor {
  const work = { inputs: [dy, x, y], outputShape: x.shape, threads: x.size };
  return runOnGpu(backend, program, { ...work, uniforms: [kernelSize, stride] });
}
