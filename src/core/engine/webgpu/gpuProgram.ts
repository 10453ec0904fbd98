import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { valuesIn } from '../../model/shapes';

/** A program for the GPU, in WGSL. */
export interface GpuProgram {
  /** Programs of one key have the same code, for inputs with as many axes. */
  readonly key: string;
  /** Arrays that the code reads; `<input>Shape` among the uniforms are their shapes. */
  readonly inputs: readonly string[];
  /** More whole numbers that the code reads, in WGSL: `pads : vec2<i32>, `. */
  readonly uniforms: string;
  /** What the thread `index` does. */
  readonly code: string;
  /** Functions that the code calls. */
  readonly functions?: string;
  /** How many values an element of each input holds, 1 or 4; 1 where left out. */
  readonly components?: readonly number[];
}

/** What a program is run on. */
export interface GpuWork {
  readonly inputs: readonly Tensor[];
  readonly outputShape: readonly number[];
  /** How many threads are started, numbered from 0. */
  readonly threads: number;
  /** In the order of the program's `uniforms`: a number each, or as many as the vector has. */
  readonly uniforms: readonly (readonly number[])[];
}

const WORKGROUP = 64;

/** Has the GPU run a program; the result is float32. */
export function runOnGpu(backend: WebGPUBackend, program: GpuProgram, work: GpuWork): Tensor {
  const { key, inputs, uniforms, code, functions = '', components = inputs.map(() => 1) } = program;
  const { outputShape, threads } = work;
  const result = backend.runWebGPUProgram(
    {
      variableNames: [...inputs],
      variableComponents: [...components],
      uniforms: `threads : i32, ${uniforms}`,
      workgroupSize: [WORKGROUP, 1, 1],
      // Of one axis, so that one program does for all shapes.
      outputShape: [valuesIn(outputShape)],
      dispatchLayout: { x: [0] },
      dispatch: [Math.ceil(threads / WORKGROUP), 1, 1],
      shaderKey: `thaw ${key} ${components.join()}`,
      getUserCode: () => `${functions}
        fn main(index : i32) {
          if (index >= uniforms.threads) { return; }
          ${code}
        }`,
    },
    [...work.inputs],
    'float32',
    [[threads], ...work.uniforms].map(numbers => ({ type: 'int32', data: [...numbers] })),
  );
  return engine().makeTensorFromTensorInfo({ ...result, shape: [...outputShape] });
}
