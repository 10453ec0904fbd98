import { dirname, sep } from 'node:path';
import { findBackendFactory, registerBackend, removeBackend } from '@tensorflow/tfjs-core';
import { setWasmPaths, version_wasm, type BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { t } from '../../../protocol/language';
import { wasmBinary } from '../../runtime/findWasm';
import { activateBackend } from '../activateBackend';
import type { OpenedEngine } from '../openedEngine';
import { refuseBeyondMemory } from './refuseBeyondMemory';
import { registerTrainingKernels } from './registerTrainingKernels';
import { TfjsOps } from '../tfjsOps';

/** Events to which emscripten's start adds listeners that would end this process in their own way. */
const HANDLED = ['uncaughtException', 'unhandledRejection'] as const;

/** Starts the embedded engine in this process: nothing is fetched, nothing was installed. */
export async function openWasm(): Promise<OpenedEngine> {
  setWasmPaths(`${dirname(wasmBinary())}${sep}`);
  registerTrainingKernels();
  const start = findBackendFactory('wasm') as () => Promise<BackendWasm>;
  removeBackend('wasm');
  registerBackend('wasm', async () => refuseBeyondMemory(await start()));
  const before = new Map(HANDLED.map(event => [event, process.rawListeners(event)]));
  await activateBackend('wasm');
  for (const event of HANDLED) {
    const added = process.rawListeners(event).filter(listener => !before.get(event)!.includes(listener));
    for (const listener of added) process.off(event, listener as () => void);
  }
  return {
    version: version_wasm,
    device: 'cpu',
    deviceReason: t('it uses the CPU'),
    singleThreaded: true,
    ops: new TfjsOps('wasm'),
    activate: () => activateBackend('wasm'),
  };
}
