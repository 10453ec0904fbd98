import { t } from '../../protocol/language';
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
    get because() {
      return t('the fastest engine installed here');
    },
    obstacle: () => Promise.resolve(findRuntime() ? undefined : t('TensorFlow is not installed')),
    get remedy() {
      return t('install it with: thaw runtime install');
    },
  },
  {
    name: 'webgpu',
    get because() {
      return t('there is a GPU');
    },
    obstacle: () =>
      Promise.resolve(dawnBinary() ? undefined : t('this package has no WebGPU for this machine')),
    objection: againstWebgpu,
    get remedy() {
      return t('set "engine": "auto"');
    },
  },
  {
    name: 'wasm',
    get because() {
      return t('the built-in engine');
    },
    obstacle: () =>
      Promise.resolve(hasWasmVectors() ? undefined : t('this processor has no vectors for WebAssembly')),
    get remedy() {
      return t('install the TensorFlow engine with: thaw runtime install');
    },
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
      const reason = wanted === 'auto' ? [because, ...obstacles].join(t('; ')) : t('the recipe asks for it');
      return { name, reason };
    }
    if (wanted !== 'auto')
      throw new UserError(t('The {0} engine cannot run here: {1}; {2}', name, found, remedy));
    obstacles.push(found);
  }
  throw new UserError(t('No engine runs here: {0}; {1}', obstacles.join(t('; ')), ladder[0]!.remedy));
}

async function againstWebgpu(device: Recipe['device']): Promise<string | undefined> {
  if (device === 'cpu') return t('the recipe asks for the CPU');
  const answer = await findAdapter();
  if ('problem' in answer) return answer.problem;
  return isSoftware(answer.info) ? t('{0} only stands in for a GPU', adapterName(answer.info)) : undefined;
}
