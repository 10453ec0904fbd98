import { t } from '../../protocol/language';
import type { LocalEngine, Recipe } from '../recipe/recipe';
import { selectEngine, type EngineName } from '../runtime/selectEngine';
import { requireDevice } from './chooseDevice';
import type { OpenedEngine } from './openedEngine';

/** An engine that runs in this process. */
export interface Engine extends OpenedEngine {
  readonly name: EngineName;
  /** Why this engine was taken, in half a sentence. */
  readonly reason: string;
}

/** Loaded late, so that a command that trains nothing starts at once, and one engine does not bring the others along. */
const openers: Readonly<Record<EngineName, (device: Recipe['device']) => Promise<OpenedEngine>>> = {
  tensorflow: async device => (await import('./tensorflow/openTensorflow')).openTensorflow(device),
  webgpu: async device => (await import('./webgpu/openWebgpu')).openWebgpu(device),
  wasm: async () => (await import('./wasm/openWasm')).openWasm(),
};

const opened = new Map<EngineName, Promise<OpenedEngine>>();

/**
 * Loads the engine and takes the device a recipe asks for; a UserError says how to install what is missing. Of engines
 * opened in one process the last one computes.
 */
export async function openEngine(wanted: LocalEngine, device: Recipe['device'] = 'auto'): Promise<Engine> {
  const { name, reason } = await selectEngine(wanted, device);
  try {
    const engine = await (opened.get(name) ?? open(name, device));
    await engine.activate();
    requireDevice(device, engine.device, name);
    return { ...engine, name, reason: [reason, engine.deviceReason].join(t('; ')) };
  } catch (error) {
    opened.delete(name);
    throw error;
  }
}

function open(name: EngineName, device: Recipe['device']): Promise<OpenedEngine> {
  const opening = openers[name](device);
  opened.set(name, opening);
  const forget = (): void => {
    if (opened.get(name) === opening) opened.delete(name);
  };
  void opening.then(({ lost }) => lost?.then(forget), forget);
  return opening;
}

/** The engine for a trained model: the one that trained it, or where PyTorch did, the best there is here. */
export function openEngineFor({ engine }: Pick<Recipe, 'engine'>): Promise<Engine> {
  return openEngine(engine === 'torchrun' ? 'auto' : engine);
}
