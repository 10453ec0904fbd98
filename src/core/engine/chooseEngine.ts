import { findRuntime } from '../runtime/findRuntime';
import type { Recipe } from '../recipe/recipe';
import { UserError } from '../userError';
import type { Ops } from './ops';
import { loadTensorflowBinding } from './tensorflow/loadBinding';

/** An engine that runs in this process. */
export interface Engine {
  readonly name: 'tensorflow';
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  /** Why this engine was taken, in half a sentence. */
  readonly reason: string;
  readonly ops: Ops;
}

let opened: Promise<Engine> | undefined;

/** Loads the engine a recipe asks for; a UserError says how to install what is missing. One engine lives per process. */
export function openEngine(wanted: Recipe['engine']): Promise<Engine> {
  opened ??= openTensorflow(wanted).catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function openTensorflow(wanted: Recipe['engine']): Promise<Engine> {
  const runtime = findRuntime();
  if (!runtime) {
    throw new UserError(
      'The TensorFlow engine is not installed on this machine; install it with: thaw runtime install',
    );
  }
  const binding = loadTensorflowBinding(runtime);
  // Loaded late, so that a command that trains nothing starts at once.
  const { startTensorflow } = await import('./tensorflow/tensorflowBackend');
  const gpu = binding.isUsingGpuDevice();
  const asked = wanted === 'auto' ? 'the fastest engine installed here' : 'the recipe asks for it';
  const device = gpu
    ? 'it uses the GPU'
    : runtime.cuda
      ? 'it found no GPU, so it uses the CPU'
      : 'it uses the CPU';
  return {
    name: 'tensorflow',
    version: binding.TF_Version,
    device: gpu ? 'gpu' : 'cpu',
    reason: `${asked}; ${device}`,
    ops: await startTensorflow(binding),
  };
}
