import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { t } from '../../protocol/language';
import { runProgram } from '../download/runProgram';
import type { Work } from '../progress';
import { UserError } from '../userError';
import { patchBinding } from './patchBinding';
import { STDERR_SWITCH_SOURCE } from './stderrSwitchSource';

/** Version of Node-API that tfjs-node's binding is written for; stable across Node and Electron. */
const NAPI_VERSION = 8;
const BACKEND = 'tfjs_backend.cc';
const SOURCES: readonly string[] = [BACKEND, 'tfjs_binding.cc'];

/**
 * Builds tfjs-node's binding and the stderr switch into `folder`, which has TensorFlow's libraries and, below
 * `include`, its headers. The binding finds the libraries beside itself and does not say where it was built.
 * Intermediate files are removed.
 */
export async function* buildBinding(
  compiler: string,
  folder: string,
  { signal }: { readonly signal: AbortSignal },
): Work<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const run = (args: readonly string[]): Promise<void> => compile(compiler, args, folder, either);
  const task = t("Building the engine's binding");
  const steps = SOURCES.length + 2;
  yield { task, done: 0, total: steps, unit: 'steps' };

  const from = bindingSources();
  const flags = ['-O2', '-std=c++17', '-fPIC', `-DNAPI_VERSION=${NAPI_VERSION}`];
  flags.push(`-I${from}`, `-I${nodeApiHeaders()}`, `-I${join(folder, 'include')}`);
  // The sources put their own paths into messages of errors.
  flags.push(`-ffile-prefix-map=${from}=binding`, `-ffile-prefix-map=${folder}=binding`);
  const switchSource = join(folder, 'stderr_switch.cc');
  await writeFile(switchSource, STDERR_SWITCH_SOURCE);

  const sources = SOURCES.map(source => join(from, source));
  const backend = join(folder, BACKEND);
  await writeFile(backend, patchBinding(await readFile(join(from, BACKEND), 'utf8')));
  sources[SOURCES.indexOf(BACKEND)] = backend;
  const objects = SOURCES.map(source => join(folder, `${basename(source, '.cc')}.o`));
  const compiling = sources.map((source, i) => run([...flags, '-c', source, '-o', objects[i]!]));
  const all = Promise.all(compiling);
  all.catch(() => undefined);
  try {
    await run([...flags, ...linkFlags(), switchSource, '-o', join(folder, 'stderr_switch.node')]);
    yield { task, done: 1, total: steps, unit: 'steps' };
    await all;
  } finally {
    stop.abort();
    await Promise.allSettled(compiling);
  }
  yield { task, done: steps - 1, total: steps, unit: 'steps' };
  await compile(
    compiler,
    [...linkFlags(), ...objects, ...libraries(folder), '-o', join(folder, 'tfjs_binding.node')],
    folder,
    signal,
  );
  for (const file of [...objects, switchSource, backend]) await rm(file);
  yield { task, done: steps, total: steps, unit: 'steps' };
}

/** The folder of tfjs-node's own C++ sources. */
function bindingSources(): string {
  return join(packageFolder('@tensorflow/tfjs-node-gpu'), 'binding');
}

function nodeApiHeaders(): string {
  return join(packageFolder('node-api-headers'), 'include');
}

function packageFolder(name: string): string {
  try {
    return dirname(createRequire(__filename).resolve(`${name}/package.json`));
  } catch {
    throw new UserError(
      t('The npm package {0}, whose sources the engine is built from, is missing: run npm install', name),
    );
  }
}

function linkFlags(): readonly string[] {
  return process.platform === 'darwin'
    ? ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path']
    : ['-shared', '-Wl,-rpath,$ORIGIN'];
}

/** The files of TensorFlow's libraries below a folder. */
export function libraries(folder: string): readonly string[] {
  return ['cc', 'framework'].map(part =>
    join(
      folder,
      process.platform === 'darwin' ? `libtensorflow_${part}.2.dylib` : `libtensorflow_${part}.so.2`,
    ),
  );
}

async function compile(
  compiler: string,
  args: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const end = await runProgram(compiler, args, { signal, environment: { TMPDIR: folder, LC_ALL: 'C' } });
  if (end?.code === 0) return;
  const lines = (end?.stderr ?? '').split('\n').filter(line => line.trim() !== '');
  const telling =
    lines.find(line => /error|cannot|No such file|undefined reference/i.test(line)) ?? lines.at(-1);
  const hint = /No space left/.test(end?.stderr ?? '')
    ? t('free some disk space')
    : t(
        "check that the compiler understands C++17 and has its standard library's headers (Debian, Ubuntu: apt install g++)",
      );
  throw new UserError(
    t(
      '{0} could not build the engine\'s binding, it says "{1}": {2}',
      compiler,
      telling ?? t('nothing'),
      hint,
    ),
  );
}
