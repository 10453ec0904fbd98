import {
  BatchMatMul,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  getKernel,
  MaxPoolGrad,
  registerKernel,
  unregisterKernel,
  type KernelFunc,
} from '@tensorflow/tfjs-core';
import { conv2dFilterGradient, conv2dInputGradient } from './conv2dGradients';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwiseGradients';
import { matMulOf } from './matMul';
import { maxPoolGradient } from './maxPoolGradient';

const BACKEND = 'wasm';

/**
 * Gives the backend the kernels of the backward pass: those that it lacks, and in place of those that it has as plain
 * loops, ones composed of its fast kernels. To be called before the backend starts, and again does nothing.
 */
export function registerTrainingKernels(): void {
  if (getKernel(Conv2DBackpropFilter, BACKEND)) return;
  register(Conv2DBackpropFilter, conv2dFilterGradient);
  register(DepthwiseConv2dNativeBackpropFilter, depthwiseFilterGradient);
  register(DepthwiseConv2dNativeBackpropInput, depthwiseInputGradient);
  replace(Conv2DBackpropInput, () => conv2dInputGradient);
  replace(MaxPoolGrad, () => maxPoolGradient);
  replace(BatchMatMul, matMulOf);
}

function register(kernelName: string, kernelFunc: KernelFunc): void {
  registerKernel({ kernelName, backendName: BACKEND, kernelFunc });
}

/** The new kernel may call the one that was there. */
function replace(kernelName: string, make: (old: KernelFunc) => KernelFunc): void {
  const { kernelFunc, ...rest } = getKernel(kernelName, BACKEND);
  unregisterKernel(kernelName, BACKEND);
  registerKernel({ ...rest, kernelFunc: make(kernelFunc) });
}
