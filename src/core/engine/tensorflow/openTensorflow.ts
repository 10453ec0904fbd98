import { findRuntime } from '../../runtime/findRuntime';
import type { OpenedEngine } from '../openedEngine';
import { loadTensorflowBinding } from './loadBinding';

/** Loads the installed TensorFlow into this process. */
export async function openTensorflow(): Promise<OpenedEngine> {
  const runtime = findRuntime()!;
  const binding = loadTensorflowBinding(runtime);
  // After the binding, whose absence is a sentence for people.
  const { startTensorflow } = await import('./tensorflowBackend');
  const gpu = binding.isUsingGpuDevice();
  const onCpu = runtime.cuda ? 'it found no GPU, so it uses the CPU' : 'it uses the CPU';
  return {
    version: binding.TF_Version,
    device: gpu ? 'gpu' : 'cpu',
    deviceReason: gpu ? 'it uses the GPU' : onCpu,
    singleThreaded: false,
    ...startTensorflow(binding),
  };
}
