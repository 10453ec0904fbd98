import './removedUtil';
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels';
import { registerBackend, setBackend } from '@tensorflow/tfjs-core';
import { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { TensorflowOps } from './tensorflowOps';

/** Makes TensorFlow, through a loaded binding, the backend of tfjs, and gives the operations that go to it directly. */
export async function startTensorflow(binding: TFJSBinding): Promise<TensorflowOps> {
  const backend = new NodeJSKernelBackend(binding, 'thaw');
  registerBackend('tensorflow', () => backend, 3);
  if (!(await setBackend('tensorflow'))) throw new Error('tfjs refused the TensorFlow backend');
  return new TensorflowOps(backend);
}
