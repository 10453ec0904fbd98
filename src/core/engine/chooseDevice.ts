import { t } from '../../protocol/language';
import type { Recipe } from '../recipe/recipe';
import { UserError } from '../userError';

/**
 * The environment in which TensorFlow sees the devices a recipe asks for, and takes of a GPU's memory what it needs and
 * not all of it. GPUs count within those that CUDA_VISIBLE_DEVICES names, where it is set.
 */
export function deviceEnvironment(
  device: Recipe['device'],
  { CUDA_VISIBLE_DEVICES: visible, TF_FORCE_GPU_ALLOW_GROWTH: growth }: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  const memory = { TF_FORCE_GPU_ALLOW_GROWTH: growth ?? 'true' };
  if (device === 'cpu') return { ...memory, CUDA_VISIBLE_DEVICES: '-1' };
  const index = /^gpu:(\d+)$/.exec(device)?.[1];
  if (index === undefined) return memory;
  const names = visible?.split(',').map(name => name.trim());
  const name = names ? names[Number(index)] : index;
  if (name === undefined || name === '') {
    throw new UserError(
      t(
        'device: there is no {0}, since CUDA_VISIBLE_DEVICES is "{1}"; a number counts within that list.',
        device,
        visible!,
      ),
    );
  }
  return { ...memory, CUDA_VISIBLE_DEVICES: name };
}

/** A UserError where a recipe asks for a GPU and there is none to be had. */
export function requireDevice(device: Recipe['device'], found: 'cpu' | 'gpu', engine: string): void {
  if (!device.startsWith('gpu') || found === 'gpu') return;
  throw new UserError(
    t(
      'device: the recipe asks for "{0}", but the engine {1} found no GPU; thaw doctor says why, ' +
        '"auto" takes what there is.',
      device,
      engine,
    ),
  );
}
