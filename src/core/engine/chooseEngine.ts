import type { Recipe } from '../recipe/recipe';
import { selectEngine, type EngineName } from '../runtime/selectEngine';
import type { Ops } from './ops';

/** An engine that runs in this process. */
export interface Engine extends OpenedEngine {
  readonly name: EngineName;
  /** Why this engine was taken, in half a sentence. */
  readonly reason: string;
}

/** What an engine says of itself once it is loaded. */
export interface OpenedEngine {
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  /** What it computes on, as half a sentence. */
  readonly deviceReason: string;
  readonly ops: Ops;
  /** Makes it the one that tfjs computes on. */
  activate(): Promise<void>;
}

/** Loaded late, so that a command that trains nothing starts at once, and one engine does not bring the others along. */
const openers: Readonly<Record<EngineName, () => Promise<OpenedEngine>>> = {
  tensorflow: async () => (await import('./tensorflow/openTensorflow')).openTensorflow(),
  wasm: async () => (await import('./wasm/openWasm')).openWasm(),
};

const opened = new Map<EngineName, Promise<OpenedEngine>>();

/**
 * Loads the engine a recipe asks for; a UserError says how to install what is missing. Of engines opened in one process
 * the last one computes.
 */
export async function openEngine(wanted: Recipe['engine']): Promise<Engine> {
  const { name, reason } = await selectEngine(wanted);
  const opening = opened.get(name) ?? openers[name]();
  opened.set(name, opening);
  try {
    const engine = await opening;
    await engine.activate();
    return { ...engine, name, reason: `${reason}; ${engine.deviceReason}` };
  } catch (error) {
    opened.delete(name);
    throw error;
  }
}
