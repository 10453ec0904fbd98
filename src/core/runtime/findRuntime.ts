import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cacheFolder';
import { runtimePins, TENSORFLOW_VERSION, type RuntimePins } from './pins';

/** An engine that is installed and was seen to load. */
export interface InstalledRuntime {
  /** TensorFlow's version. */
  readonly version: string;
  /** Whether it was built for CUDA; it runs on the CPU where there is no GPU. */
  readonly cuda: boolean;
  /** Absolute path of the folder that has it all. */
  readonly folder: string;
  /** Absolute path of tfjs-node's binding, `tfjs_binding.node`. Its libraries are found from there. */
  readonly binding: string;
  /** Absolute path of the small addon that keeps TensorFlow's notices off the terminal while it loads. */
  readonly stderrSwitch: string;
}

/**
 * The installed engine, without loading it; undefined when there is none. Where `cuda` is left open, the CUDA engine
 * is preferred on a machine with a GPU driver, and the CPU engine elsewhere.
 */
export function findRuntime({ cuda }: { readonly cuda?: boolean } = {}): InstalledRuntime | undefined {
  const order = cuda === undefined ? [hasGpuDriver(), !hasGpuDriver()] : [cuda];
  for (const choice of order) {
    const pins = runtimePins(process.platform, process.arch, choice);
    const runtime = pins && runtimeIn(runtimeFolder(pins, choice), choice);
    if (runtime && existsSync(runtime.binding)) return runtime;
  }
  return undefined;
}

/** Raise it when what is built for an engine changes, so that installed ones are built anew. */
const BUILD = 2;

/** Where an engine is or will be: keyed by all that decides what is in it. */
export function runtimeFolder(pins: RuntimePins, cuda: boolean): string {
  const machine = `${process.platform}-${process.arch}`;
  const key = pins.tensorflow.sha256.slice(0, 8);
  return cacheFolder('runtime', `${TENSORFLOW_VERSION}-${cuda ? 'cuda' : 'cpu'}-${machine}-${key}-${BUILD}`);
}

/** The runtime in a folder laid out as an installed one. */
export function runtimeIn(folder: string, cuda: boolean): InstalledRuntime {
  const version = TENSORFLOW_VERSION;
  const [binding, stderrSwitch] = ['tfjs_binding.node', 'stderr_switch.node'].map(name =>
    join(folder, 'tensorflow', name),
  ) as [string, string];
  return { version, cuda, folder, binding, stderrSwitch };
}

/** Whether an NVIDIA driver is there: the kernel's own, or the one Windows lends to its Linux subsystem. */
export function hasGpuDriver(): boolean {
  return process.platform === 'linux' && ['/dev/nvidiactl', '/dev/dxg'].some(path => existsSync(path));
}
