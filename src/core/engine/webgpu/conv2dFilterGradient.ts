import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { reshape, tidy, type backend_util, type Tensor } from '@tensorflow/tfjs-core';
import { runOnGpu, type GpuProgram } from './gpuProgram';
import { componentsOf, readFour } from './readFour';
import { sumRows } from './sumRows';

/** Enough to keep a large GPU busy. */
const THREADS = 65_536;
/** A longer sum in float32 would lose digits. */
const PIXELS = 2_048;
/** Of the sums of parts, together. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * A thread adds up, over a part of the output's pixels, what 4 input channels and 4 output channels give to one place of
 * the filter: 16 products for 8 values that it reads, and neighbouring threads read the same ones.
 */
const program: GpuProgram = {
  key: 'conv2d filter gradient',
  inputs: ['x', 'dy'],
  uniforms: 'kernel : vec2<i32>, strides : vec2<i32>, pads : vec2<i32>, pixels : i32, ',
  code: `
    let outputs = uniforms.dyShape.w;
    let inputs = uniforms.xShape.w;
    let outputTiles = (outputs + 3) / 4;
    let inputTiles = (inputs + 3) / 4;
    let output = index % outputTiles * 4;
    let input = index / outputTiles % inputTiles * 4;
    let place = index / (outputTiles * inputTiles) % (uniforms.kernel.x * uniforms.kernel.y);
    let part = index / (outputTiles * inputTiles * uniforms.kernel.x * uniforms.kernel.y);
    let offset = vec2<i32>(place / uniforms.kernel.y, place % uniforms.kernel.y) - uniforms.pads;
    let image = uniforms.dyShape.y * uniforms.dyShape.z;
    let end = min((part + 1) * uniforms.pixels, uniforms.dyShape.x * image);
    var sums : array<vec4<f32>, 4>;
    for (var pixel = part * uniforms.pixels; pixel < end; pixel++) {
      let y = vec2<i32>(pixel % image / uniforms.dyShape.z, pixel % uniforms.dyShape.z);
      let at = y * uniforms.strides + offset;
      if (any(at < vec2<i32>(0)) || any(at >= uniforms.xShape.yz)) { continue; }
      let start = (pixel / image * uniforms.xShape.y + at.x) * uniforms.xShape.z + at.y;
      let xs = four_of_x(start * inputs + input, inputs - input);
      let dys = four_of_dy(pixel * outputs + output, outputs - output);
      sums[0] += xs.x * dys;
      sums[1] += xs.y * dys;
      sums[2] += xs.z * dys;
      sums[3] += xs.w * dys;
    }
    let to = (part * uniforms.kernel.x * uniforms.kernel.y + place) * inputs;
    for (var i = 0; i < min(4, inputs - input); i++) {
      for (var o = 0; o < min(4, outputs - output); o++) {
        result[(to + input + i) * outputs + output + o] = sums[i][o];
      }
    }`,
};

/** dFilter [height, width, in, out] of a convolution of x [batch, height, width, in]. */
export function conv2dFilterGradient(
  backend: WebGPUBackend,
  x: Tensor,
  dy: Tensor,
  window: backend_util.Conv2DInfo,
): Tensor {
  const { filterShape, filterHeight, filterWidth, inChannels, outChannels, padInfo } = window;
  const { batchSize, outHeight, outWidth, strideHeight, strideWidth } = window;
  const size = filterHeight * filterWidth * inChannels * outChannels;
  const tiles = filterHeight * filterWidth * Math.ceil(inChannels / 4) * Math.ceil(outChannels / 4);
  const pixels = batchSize * outHeight * outWidth;
  const wanted = Math.max(Math.ceil(THREADS / tiles), Math.ceil(pixels / PIXELS));
  const fitting = Math.max(1, Math.floor(MAX_BYTES / (size * Float32Array.BYTES_PER_ELEMENT)));
  const each = Math.ceil(pixels / Math.min(wanted, fitting, pixels));
  const parts = Math.ceil(pixels / each);
  const components = [componentsOf(inChannels), componentsOf(outChannels)] as const;
  const functions = readFour('x', components[0]) + readFour('dy', components[1]);
  return tidy(() => {
    const sums = runOnGpu(
      backend,
      { ...program, components, functions },
      {
        inputs: [x, dy],
        outputShape: [parts, size],
        threads: parts * tiles,
        uniforms: [
          [filterHeight, filterWidth],
          [strideHeight, strideWidth],
          [padInfo.top, padInfo.left],
          [each],
        ],
      },
    );
    return reshape(sumRows(backend, sums), filterShape);
  });
}
