import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { t } from '../../../protocol/language';
import { OutOfMemoryError } from '../../outOfMemory';

/** WebAssembly addresses its memory by 32 bits. */
const LIMIT_GB = 4;

interface EmscriptenModule {
  _malloc(bytes: number): number;
  _free(address: number): void;
  cwrap(...signature: unknown[]): (...args: unknown[]) => unknown;
}

/**
 * Has a backend whose kernels are not set up yet say when its memory is used up: tfjs would write at address 0, and
 * kernels that find no memory for their own tables end in a riddle. Returns the same backend.
 */
export function refuseBeyondMemory(backend: BackendWasm): BackendWasm {
  const module = backend.wasm as unknown as EmscriptenModule;
  // The first call of an entry point replaces it.
  module._free(module._malloc(1));
  const { _malloc: allocate, cwrap: wrap } = module;
  module._malloc = bytes => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) throw usedUp();
    return address;
  };
  module.cwrap = (...signature) => {
    const call = wrap(...signature);
    return (...args) => {
      try {
        return call(...args);
      } catch (error) {
        throw isTrap(error) ? usedUp(error) : error;
      }
    };
  };
  return backend;
}

/** Whether WebAssembly stopped: kernels do so when they write to memory that they did not get. */
function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}

function usedUp(cause?: unknown): OutOfMemoryError {
  return new OutOfMemoryError(
    t(
      'The memory of the wasm engine is used up ({0} GB at most, or less where this machine has no more): ' +
        'set "batchSize" to half of what it is, or install the TensorFlow engine with: thaw runtime install',
      LIMIT_GB,
    ),
    { cause },
  );
}
