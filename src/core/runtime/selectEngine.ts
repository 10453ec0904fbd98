import type { LocalEngine, Recipe } from '../recipe/recipe';
import { UserError } from '../userError';
import { adapterName, findAdapter, isSoftware } from './findAdapter';
import { dawnBinary } from './findDawn';
import { findRuntime } from './findRuntime';
import { hasWasmVectors } from './findWasm';

export type EngineName = Exclude<LocalEngine, 'auto'>;

/** Which engine is taken, and why, in half a sentence. */
export interface EngineChoice {
  readonly name: EngineName;
  readonly reason: string;
}

interface Rung {
  readonly name: EngineName;
  /** Why it is taken where the choice is ours. */
  readonly because: string;
  /** What keeps it from running here, as half a sentence; undefined where nothing does. */
  obstacle(): Promise<string | undefined>;
  /** What speaks against it where the choice is ours, as half a sentence; undefined where nothing does. */
  objection?(device: Recipe['device']): Promise<string | undefined>;
  /** What to do about that. */
  readonly remedy: string;
}

/**
 * From the fastest engine down to the one that needs nothing installed. TensorFlow, even on the CPU, goes before a GPU by
 * WebGPU: it was installed on purpose, gives the same bits in every run, and is compared with PyTorch on each release,
 * while which of the two is faster depends on the GPU.
 */
const ladder: readonly Rung[] = [
  {
    name: 'tensorflow',
    because: 'the fastest engine installed here',
    obstacle: () => Promise.resolve(findRuntime() ? undefined : 'TensorFlow is not installed'),
    remedy: 'install it with: thaw runtime install',
  },
  {
    name: 'webgpu',
    because: 'there is a GPU',
    obstacle: () => Promise.resolve(dawnBinary() ? undefined : 'this package has no WebGPU for this machine'),
    objection: againstWebgpu,
    remedy: 'set "engine": "auto"',
  },
  {
    name: 'wasm',
    because: 'the built-in engine',
    obstacle: () =>
      Promise.resolve(hasWasmVectors() ? undefined : 'this processor has no vectors for WebAssembly'),
    remedy: 'install the TensorFlow engine with: thaw runtime install',
  },
];

/**
 * The engine a recipe asks for, or with `auto` the first of the ladder that runs here; loads none of them. A UserError
 * says what is missing.
 */
export async function selectEngine(
  wanted: LocalEngine,
  device: Recipe['device'] = 'auto',
): Promise<EngineChoice> {
  const obstacles: string[] = [];
  for (const { name, because, obstacle, objection, remedy } of ladder) {
    if (wanted !== 'auto' && wanted !== name) continue;
    const found = (await obstacle()) ?? (wanted === 'auto' ? await objection?.(device) : undefined);
    if (found === undefined) {
      const reason = wanted === 'auto' ? [because, ...obstacles].join('; ') : 'the recipe asks for it';
      return { name, reason };
    }
    if (wanted !== 'auto') throw new UserError(`The ${name} engine cannot run here: ${found}; ${remedy}`);
    obstacles.push(found);
  }
  throw new UserError(`No engine runs here: ${obstacles.join('; ')}; ${ladder[0]!.remedy}`);
}

async function againstWebgpu(device: Recipe['device']): Promise<string | undefined> {
  if (device === 'cpu') return 'the recipe asks for the CPU';
  const answer = await findAdapter();
  if ('problem' in answer) return answer.problem;
  return isSoftware(answer.info) ? `${adapterName(answer.info)} only stands in for a GPU` : undefined;
}
