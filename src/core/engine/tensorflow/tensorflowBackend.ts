import './removedUtil';
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels';
import { registerBackend } from '@tensorflow/tfjs-core';
import { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { activateBackend } from '../activateBackend';
import type { OpenedEngine } from '../openedEngine';
import { TensorflowOps } from './tensorflowOps';

/** Makes TensorFlow, through a loaded binding, a backend of tfjs, with the operations that go to it directly. */
export function startTensorflow(binding: TFJSBinding): Pick<OpenedEngine, 'ops' | 'activate'> {
  const backend = new NodeJSKernelBackend(binding, 'thaw');
  registerBackend('tensorflow', () => backend, 3);
  return { ops: new TensorflowOps(backend), activate: () => activateBackend('tensorflow') };
}
