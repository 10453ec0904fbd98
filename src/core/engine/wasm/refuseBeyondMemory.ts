import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { UserError } from '../../userError';

/** WebAssembly addresses its memory by 32 bits. */
const LIMIT_GB = 4;

interface EmscriptenModule {
  _malloc(bytes: number): number;
  onAbort?: (what: unknown) => void;
}

/** Has the engine say when its memory is used up: tfjs would write at address 0, and emscripten end in a riddle. */
export function refuseBeyondMemory(backend: BackendWasm): void {
  const module = backend.wasm as unknown as EmscriptenModule;
  const allocate = module._malloc;
  module._malloc = bytes => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) throw usedUp();
    return address;
  };
  module.onAbort = () => {
    throw usedUp();
  };
}

function usedUp(): UserError {
  return new UserError(
    `The memory of the wasm engine is used up (${LIMIT_GB} GB at most, or less where this machine has no more): ` +
      'set "batchSize" to half of what it is, or install the TensorFlow engine with: thaw runtime install',
  );
}
