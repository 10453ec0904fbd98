import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { backend_util, Tensor } from '@tensorflow/tfjs-core';
import { runOnGpu, type GpuProgram } from './gpuProgram';
import { componentsOf, readFour } from './readFour';

const FOUR = [0, 1, 2, 3] as const;

/** Products with a filter [height, width, in, out]: a vector has an input channel's share of four outputs. */
const BY_INPUT = {
  read: FOUR.map(
    i => `let f${i} = four_of_f((place + input + ${i}) * outputs + output, outputs - output);`,
  ).join('\n'),
  multiply: (p: number) => `sum${p} += ${FOUR.map(i => `x${p}[${i}] * f${i}`).join(' + ')};`,
};

/** Products with a matrix [out, in], as PyTorch keeps a linear layer's. */
const BY_OUTPUT = {
  read: FOUR.map(i => `let f${i} = four_of_f((output + ${i}) * inputs + input, inputs - input);`).join('\n'),
  multiply: (p: number) => `sum${p} += vec4<f32>(${FOUR.map(i => `dot(x${p}, f${i})`).join(', ')});`,
};

/** A thread computes four channels of four pixels: 64 products for 8 vectors that it reads. */
function programOf(inputs: number, outputs: number, isTransposed: boolean): GpuProgram {
  const { read, multiply } = isTransposed ? BY_OUTPUT : BY_INPUT;
  const components = [componentsOf(inputs), componentsOf(isTransposed ? inputs : outputs)] as const;
  return {
    key: isTransposed ? 'linear' : 'convolution',
    inputs: ['x', 'f'],
    components,
    uniforms:
      'outputs : i32, image : vec2<i32>, window : vec2<i32>, strides : vec2<i32>, pads : vec2<i32>, pixels : i32, ',
    functions: `${readFour('x', components[0])}${readFour('f', components[1])}
      fn corner_of(pixel : i32) -> vec3<i32> {
        let each = uniforms.image.x * uniforms.image.y;
        let y = vec2<i32>(pixel % each / uniforms.image.y, pixel % uniforms.image.y);
        return vec3<i32>(pixel / each, y * uniforms.strides - uniforms.pads);
      }
      fn place_of(corner : vec3<i32>, row : i32, column : i32) -> i32 {
        let at = corner.yz + vec2<i32>(row, column);
        if (any(at < vec2<i32>(0)) || any(at >= uniforms.xShape.yz)) { return -1; }
        return ((corner.x * uniforms.xShape.y + at.x) * uniforms.xShape.z + at.y) * uniforms.xShape.w;
      }`,
    code: `
      let inputs = uniforms.xShape.w;
      let outputs = uniforms.outputs;
      let tiles = (outputs + 3) / 4;
      let output = index % tiles * 4;
      let first = index / tiles * 4;
      ${FOUR.map(p => `let corner${p} = corner_of(min(first + ${p}, uniforms.pixels - 1));`).join('\n')}
      ${FOUR.map(p => `var sum${p} = vec4<f32>(0.0);`).join('\n')}
      for (var row = 0; row < uniforms.window.x; row++) {
        for (var column = 0; column < uniforms.window.y; column++) {
          let place = (row * uniforms.window.y + column) * inputs;
          ${FOUR.map(p => `let at${p} = place_of(corner${p}, row, column);`).join('\n')}
          for (var input = 0; input < inputs; input += 4) {
            ${read}
            ${FOUR.map(
              p => `if (at${p} >= 0) {
                let x${p} = four_of_x(at${p} + input, inputs - input);
                ${multiply(p)}
              }`,
            ).join('\n')}
          }
        }
      }
      for (var i = 0; i < min(4, outputs - output); i++) {
        ${FOUR.map(
          p =>
            `if (first + ${p} < uniforms.pixels) { result[(first + ${p}) * outputs + output + i] = sum${p}[i]; }`,
        ).join('\n')}
      }`,
  };
}

/**
 * A convolution of x [batch, height, width, in] with a filter [height, width, in, out], or of images of one pixel with a
 * matrix [out, in] where that is transposed. Each pixel for itself: for images of few pixels, where tfjs's tiles of 32
 * by 32 would be empty for the most part.
 */
export function convolve(
  backend: WebGPUBackend,
  x: Tensor,
  filter: Tensor,
  window: backend_util.Conv2DInfo,
  isTransposed = false,
): Tensor {
  const { outShape, outChannels, padInfo } = window;
  const [batch, height, width] = outShape;
  const pixels = batch * height * width;
  return runOnGpu(backend, programOf(x.shape[3]!, outChannels, isTransposed), {
    inputs: [x, filter],
    outputShape: outShape,
    threads: Math.ceil(pixels / 4) * Math.ceil(outChannels / 4),
    uniforms: [
      [outChannels],
      [height, width],
      [window.filterHeight, window.filterWidth],
      [window.strideHeight, window.strideWidth],
      [padInfo.top, padInfo.left],
      [pixels],
    ],
  });
}
