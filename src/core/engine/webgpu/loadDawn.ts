import { t } from '../../../protocol/language';
import { dawnBinary } from '../../runtime/findDawn';
import { UserError } from '../../userError';

interface Dawn {
  /** WebGPU's classes and constants, which programs expect to be global. */
  readonly globals: object;
  create(flags: string[]): GPU;
}

/** One for as long as the process lives: what a collected one has left crashes. */
let loaded: GPU | undefined;

/** Loads Dawn, the implementation of WebGPU that browsers have, into this process. A UserError says what is missing. */
export function loadDawn(): GPU {
  return (loaded ??= load());
}

function load(): GPU {
  const file = dawnBinary();
  if (file === undefined) {
    throw new UserError(
      t(
        'This package of Thaw has no WebGPU for {0} {1}: set "engine": "auto".',
        process.platform,
        process.arch,
      ),
    );
  }
  const holder = { exports: {} };
  process.dlopen(holder, file);
  const { globals, create } = holder.exports as Dawn;
  Object.assign(globalThis, globals);
  const gpu = create([]);
  // tfjs looks for it there; Node has a navigator from version 21 on.
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: {} });
  Object.defineProperty((globalThis as unknown as { navigator: object }).navigator, 'gpu', {
    value: gpu,
    configurable: true,
  });
  return gpu;
}
