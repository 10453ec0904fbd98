import { access, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { t } from '../../protocol/language';
import { asWriteError } from '../atomicWrite';
import { cacheFolder } from '../cacheFolder';
import { fetchWheel } from '../download/fetchWheel';
import { requireFreeSpace } from '../download/freeSpace';
import { makeStagingFolder, removeFolder } from '../download/stagingFolder';
import { unpackWheel, type Wanted } from '../download/unpackWheel';
import type { Work } from '../progress';
import { UserError } from '../userError';
import { buildBinding } from './buildBinding';
import { findCompiler } from './findCompiler';
import { runtimeFolder, runtimeIn, type InstalledRuntime } from './findRuntime';
import { runtimePins, type RuntimePins, type RuntimeWheel } from './pins';
import { probeRuntime } from './probeRuntime';

export interface InstallOptions {
  readonly cuda: boolean;
  readonly signal: AbortSignal;
}

/**
 * Installs TensorFlow's C library and tfjs-node's binding to it below the cache folder: fetches pinned wheels, unpacks
 * what is needed, builds the binding (or takes a prebuilt one that ships beside the program) and loads it once in a
 * process of its own; only then the folder gets its name. A folder that has it is returned at once.
 */
export async function* installRuntime({ cuda, signal }: InstallOptions): Work<InstalledRuntime> {
  const pins = runtimePins(process.platform, process.arch, cuda);
  if (!pins) throw new UserError(unsupported(process.platform, process.arch, cuda));
  const folder = runtimeFolder(pins, cuda);
  const runtime = runtimeIn(folder, cuda);
  if (await exists(runtime.binding)) return runtime;
  try {
    yield* install(pins, folder, cuda, signal);
  } catch (error) {
    signal.throwIfAborted();
    // Another process that finished first has removed the wheels this one was about to read.
    if (!(await exists(runtime.binding))) throw asWriteError(error, folder);
  }
  for (const { file } of wheels(pins)) await rm(join(wheelFolder(), file), { force: true });
  return runtime;
}

async function* install(pins: RuntimePins, folder: string, cuda: boolean, signal: AbortSignal): Work<void> {
  const prebuilt = await prebuiltBinding();
  const compiler = prebuilt === undefined ? await findCompiler(signal) : undefined;
  await requireFreeSpace(cacheFolder(), await neededBytes(pins), t('The TensorFlow engine'));
  const files: string[] = [];
  for (const wheel of wheels(pins)) files.push(yield* fetchWheel(wheel, wheelFolder(), { signal }));

  const staging = await makeStagingFolder(dirname(folder));
  try {
    for (const [index, wheel] of wheels(pins).entries()) {
      const target = join(staging, ...wheel.folder.split('/'));
      await mkdir(dirname(target), { recursive: true });
      yield* unpackWheel(files[index]!, target, wantedOf(wheel), { signal });
    }
    const libraries = join(staging, 'tensorflow');
    if (prebuilt !== undefined) await cp(prebuilt, libraries, { recursive: true });
    else yield* buildBinding(compiler!, libraries, { signal });
    await removeFolder(join(libraries, 'include'));

    yield { task: t('Trying the engine'), done: 0, total: 1, unit: 'steps' };
    const probe = await probeRuntime(runtimeIn(staging, cuda), { signal });
    if (!probe.works) {
      throw new UserError(
        t('The TensorFlow engine was installed but does not work here, {0}: {1}', probe.reason, advice()),
      );
    }
    yield { task: t('Trying the engine'), done: 1, total: 1, unit: 'steps' };
    await rename(staging, folder);
  } finally {
    await removeFolder(staging);
  }
}

function advice(): string {
  return t(
    'TensorFlow needs a processor with AVX and, on Linux, glibc 2.27 or newer; `thaw doctor` tells more',
  );
}

function wheels({ tensorflow, cuda }: RuntimePins): readonly RuntimeWheel[] {
  return [tensorflow, ...cuda];
}

function wheelFolder(): string {
  return cacheFolder('wheels');
}

/** Headers that the binding's sources include, all others stay packed. */
const HEADERS = /^include\/(tensorflow\/(c|core\/platform)|tsl\/platform|xla\/tsl\/c)\//;
const LIBRARIES = /^libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/;
/** Shared libraries, and from the compiler package the assembler that TensorFlow calls. */
const CUDA_FILES = /^(lib\/lib[^/]+\.so(\.\d+)*|bin\/ptxas|nvvm\/libdevice\/[^/]+)$/;
const CUDA_EXTRAS = /\.alt\.|libcusolverMg\./;

/** What of a wheel is wanted, at its path below the wheel's folder. */
export function wantedOf(wheel: RuntimeWheel): Wanted {
  const prefix = `${wheel.folder}/`;
  return path => {
    if (!path.startsWith(prefix)) return false;
    const below = path.slice(prefix.length);
    if (wheel.folder === 'tensorflow') return (LIBRARIES.test(below) || HEADERS.test(below)) && below;
    return CUDA_FILES.test(below) && !CUDA_EXTRAS.test(below) && below;
  };
}

/** A binding built beforehand for this machine, shipped beside the bundled program; undefined when there is none. */
export async function prebuiltBinding(): Promise<string | undefined> {
  const folder = join(__dirname, 'binding', `${process.platform}-${process.arch}`);
  return (await exists(join(folder, 'tfjs_binding.node'))) ? folder : undefined;
}

/** Bytes needed at the worst moment: what is still to fetch, pip's second copy of the largest, and what is installed. */
async function neededBytes(pins: RuntimePins): Promise<number> {
  const missing: number[] = [0];
  for (const { file, bytes } of wheels(pins)) {
    const there = await stat(join(wheelFolder(), file)).catch(() => undefined);
    if (there?.size !== bytes) missing.push(bytes);
  }
  return missing.reduce((sum, bytes) => sum + bytes) + Math.max(...missing) + pins.installedBytes;
}

/** Why there is no engine for a machine, and what there is. */
export function unsupported(platform: string, arch: string, cuda: boolean): string {
  if (cuda && runtimePins(platform, arch, false)) {
    return t(
      'The CUDA engine exists for Linux x64 with an NVIDIA GPU, not for {0} {1}: leave out --cuda',
      platform,
      arch,
    );
  }
  if (platform === 'win32') {
    return t(
      "TensorFlow's Windows package has no library to build on: run thaw in WSL (wsl --install), where the Linux engine works",
    );
  }
  return t(
    'There is no TensorFlow engine for {0} {1}: it exists for Linux x64 and arm64 and for macOS on Apple silicon',
    platform,
    arch,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
