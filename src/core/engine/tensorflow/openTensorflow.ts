import { t } from '../../../protocol/language';
import type { Recipe } from '../../recipe/recipe';
import { findRuntime } from '../../runtime/findRuntime';
import type { OpenedEngine } from '../openedEngine';
import { deviceEnvironment } from '../chooseDevice';
import { loadTensorflowBinding } from './loadBinding';

/** Loads the installed TensorFlow into this process. */
export async function openTensorflow(device: Recipe['device']): Promise<OpenedEngine> {
  const runtime = findRuntime()!;
  Object.assign(process.env, deviceEnvironment(device, process.env));
  const binding = loadTensorflowBinding(runtime);
  // After the binding, whose absence is a sentence for people.
  const { startTensorflow } = await import('./tensorflowBackend');
  const gpu = binding.isUsingGpuDevice();
  const onCpu =
    runtime.cuda && device !== 'cpu' ? t('it found no GPU, so it uses the CPU') : t('it uses the CPU');
  return {
    version: binding.TF_Version,
    device: gpu ? 'gpu' : 'cpu',
    deviceReason: gpu ? t('it uses the GPU') : onCpu,
    singleThreaded: false,
    ...startTensorflow(binding),
  };
}
