import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../src/core/cacheFolder.ts';
import { fetchWheel } from '../src/core/download/fetchWheel.ts';
import { unpackWheel } from '../src/core/download/unpackWheel.ts';
import { finish } from '../src/core/progress.ts';
import { buildBinding } from '../src/core/runtime/buildBinding.ts';
import { findCompiler } from '../src/core/runtime/findCompiler.ts';
import { wantedOf } from '../src/core/runtime/installRuntime.ts';
import { runtimePins } from '../src/core/runtime/pins.ts';

/** What the binding is made from and how. */
const SOURCES = [
  ...['buildBinding.ts', 'patchBinding.ts', 'pins.ts', 'stderrSwitchSource.ts'].map(name =>
    join('src', 'core', 'runtime', name),
  ),
  ...['@tensorflow/tfjs-node-gpu', 'node-api-headers'].map(name =>
    join('node_modules', name, 'package.json'),
  ),
];

/**
 * A folder with the engine's two addons for this machine: built the first time, and kept in the cache
 * folder until what they are made from changes. TensorFlow's wheel, which has the headers, stays there too.
 */
export async function shippedBinding(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) hash.update(readFileSync(join(root, source)));
  const folder = cacheFolder('package', `binding-${hash.digest('hex').slice(0, 8)}`);
  if (existsSync(folder)) return folder;

  const { signal } = new AbortController();
  const compiler = await findCompiler(signal);
  const { tensorflow } = runtimePins(process.platform, process.arch, false);
  const wheel = await finish(fetchWheel(tensorflow, cacheFolder('package'), { signal }));
  const staging = mkdtempSync(join(cacheFolder('package'), 'binding-'));
  try {
    const [libraries, addons] = [join(staging, 'tensorflow'), join(staging, 'addons')];
    await finish(unpackWheel(wheel, libraries, wantedOf(tensorflow), { signal }));
    await finish(buildBinding(compiler, libraries, { signal }));
    mkdirSync(addons);
    for (const name of ['tfjs_binding.node', 'stderr_switch.node']) {
      copyFileSync(join(libraries, name), join(addons, name));
    }
    renameSync(addons, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return folder;
}
