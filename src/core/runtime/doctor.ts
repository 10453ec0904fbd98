import { cpus, totalmem } from 'node:os';
import { t } from '../../protocol/language';
import { cacheFolder } from '../cacheFolder';
import { findPythonWithPip } from '../download/findPython';
import { UserError } from '../userError';
import { adapterName, findAdapter, isSoftware, type AdapterAnswer } from './findAdapter';
import { findCompiler } from './findCompiler';
import { dawnVersion } from './findDawn';
import { findGpus, type Gpu } from './findGpus';
import { compileWasm, hasWasmVectors } from './findWasm';
import { findRuntime, hasGpuDriver, type InstalledRuntime } from './findRuntime';
import { prebuiltBinding, unsupported } from './installRuntime';
import { runtimePins } from './pins';
import { probeRuntime, type Probe } from './probeRuntime';
import { readLog } from './readLog';
import { selectEngine, type EngineChoice } from './selectEngine';

/** One engine on this machine. */
export interface EngineReport {
  readonly engine: 'tensorflow-cpu' | 'tensorflow-cuda' | 'webgpu' | 'wasm' | 'torchrun';
  readonly works: boolean;
  /** As the loaded library says. */
  readonly version?: string;
  /** What it computes on. */
  readonly devices: readonly string[];
  readonly notes: readonly string[];
  /** Why it does not work, or works on less than it is made for. */
  readonly problem?: string;
  /** What to do about that. */
  readonly remedy?: string;
}

/** What a person needs to know of this machine and its engines. */
export interface DoctorReport {
  readonly node: string;
  readonly machine: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly gpus: readonly Gpu[];
  readonly cacheFolder: string;
  readonly engines: readonly EngineReport[];
  /** What `"engine": "auto"` takes here, and why; or why it takes none. */
  readonly chosen: EngineChoice | { readonly name?: undefined; readonly problem: string };
}

export interface ExamineOptions {
  readonly signal: AbortSignal;
  /** Tries the engine torchrun; left out where nobody named a Python for it. */
  readonly examineTorchrun?: ((signal: AbortSignal) => Promise<EngineReport>) | undefined;
}

/** Tries every engine, each in a process of its own. */
export async function examine({ signal, examineTorchrun }: ExamineOptions): Promise<DoctorReport> {
  const gpus = await findGpus(signal);
  const engines = [
    await examineEngine(false, gpus, signal),
    await examineEngine(true, gpus, signal),
    await examineWebgpu(signal),
    await examineWasm(),
    ...(examineTorchrun ? [await examineTorchrun(signal)] : []),
  ];
  const processors = cpus();
  return {
    node: process.version,
    machine: `${process.platform} ${process.arch}`,
    processor: processorName(),
    cores: processors.length,
    memoryBytes: totalmem(),
    gpus,
    cacheFolder: cacheFolder(),
    engines,
    chosen: await chosenEngine(),
  };
}

async function examineEngine(
  cuda: boolean,
  gpus: readonly Gpu[],
  signal: AbortSignal,
): Promise<EngineReport> {
  const engine = cuda ? 'tensorflow-cuda' : 'tensorflow-cpu';
  const runtime = findRuntime({ cuda });
  if (!runtime)
    return { engine, works: false, devices: [], notes: [], ...(await notInstalled(cuda, signal)) };
  return { engine, ...reportOf(runtime, await probeRuntime(runtime, { signal }), gpus) };
}

/** Asks WebGPU for a GPU. What it found works even where it is no reason to take the engine. */
async function examineWebgpu(signal: AbortSignal): Promise<EngineReport> {
  const answer = await findAdapter({ signal });
  return webgpuReport(answer, findRuntime() !== undefined);
}

/** What an answer of WebGPU means for a person, on a machine with or without TensorFlow. */
export function webgpuReport(answer: AdapterAnswer, hasTensorflow: boolean): EngineReport {
  const engine = 'webgpu';
  if ('problem' in answer) {
    const remedy = t('if there is a GPU, install its driver with Vulkan; other engines do not need it');
    return { engine, works: false, devices: [], notes: [], problem: answer.problem, remedy };
  }
  const taken = isSoftware(answer.info)
    ? t('"auto" does not take it: it is the CPU in the place of a GPU, and slow')
    : hasTensorflow
      ? t('"auto" takes TensorFlow before it; "engine": "webgpu" takes it, which may be faster')
      : t('"auto" takes it before the built-in engine');
  const version = t('Dawn {0}', dawnVersion());
  return { engine, works: true, version, devices: [adapterName(answer.info)], notes: [taken] };
}

async function chosenEngine(): Promise<DoctorReport['chosen']> {
  try {
    return await selectEngine('auto');
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
}

/** Has the embedded engine compiled; it needs nothing else. */
async function examineWasm(): Promise<EngineReport> {
  const problem = hasWasmVectors()
    ? await compileWasm().then(
        () => undefined,
        (error: Error) => error.message,
      )
    : t('this processor has no vectors for WebAssembly');
  const report = { engine: 'wasm', devices: [t('CPU {0}, one thread', processorName())] } as const;
  if (problem === undefined)
    return { ...report, works: true, notes: [t('built in; features use every core')] };
  return {
    ...report,
    works: false,
    devices: [],
    notes: [],
    problem,
    remedy: t('run `thaw runtime install`'),
  };
}

/** What trying an installed engine means for a person. */
export function reportOf(
  runtime: InstalledRuntime,
  probe: Probe,
  gpus: readonly Gpu[],
): Omit<EngineReport, 'engine'> {
  const { cuda, folder } = runtime;
  if (!probe.works) {
    const command = `thaw runtime install${cuda ? ' --cuda' : ''}`;
    return {
      works: false,
      devices: [],
      notes: [],
      problem: t('it is installed but does not load, {0}', probe.reason),
      remedy: t(
        'delete {0} and run `{1}` again; TensorFlow needs a processor with AVX and, on Linux, glibc 2.27 or newer',
        folder,
        command,
      ),
    };
  }
  const logged = readLog(probe.log);
  const notes =
    logged.instructions === undefined ? [] : [t('uses {0} of this processor', logged.instructions)];
  if (logged.oneDnn) notes.push(t('oneDNN is on'));
  const devices = probe.gpu ? logged.gpus : [t('CPU {0}', processorName())];
  const report = { works: true, version: probe.version, devices, notes };
  return cuda && !probe.gpu ? { ...report, ...withoutGpu(logged.gpuProblem, gpus) } : report;
}

/** Why an engine made for CUDA computes on the CPU. */
function withoutGpu(
  logged: string | undefined,
  gpus: readonly Gpu[],
): { readonly problem: string; readonly remedy: string } {
  const words = logged === undefined ? '' : t(' (TensorFlow: {0})', logged);
  if (gpus.length === 0) {
    return {
      problem: t('it runs on the CPU, because there is no NVIDIA GPU or no driver for it{0}', words),
      remedy: hasGpuDriver()
        ? t('see what `nvidia-smi` says')
        : t(
            "install NVIDIA's driver, 525 or newer, if there is a GPU; otherwise the CPU engine does the same with less on disk",
          ),
    };
  }
  const names = gpus.map(({ name, driver }) => t('{0} with driver {1}', name, driver)).join(', ');
  return {
    problem: t('it runs on the CPU, although there is {0}{1}', names, words),
    remedy: t(
      "NVIDIA's driver must be 525 or newer for CUDA 12, and CUDA_VISIBLE_DEVICES must not hide the GPU",
    ),
  };
}

async function notInstalled(
  cuda: boolean,
  signal: AbortSignal,
): Promise<{ readonly problem: string; readonly remedy: string }> {
  if (!runtimePins(process.platform, process.arch, cuda)) {
    return {
      problem: t('there is none for this machine'),
      remedy: unsupported(process.platform, process.arch, cuda),
    };
  }
  const missing = [
    await sentenceOf(() => findPythonWithPip(signal)),
    (await prebuiltBinding()) === undefined ? await sentenceOf(() => findCompiler(signal)) : undefined,
  ].filter(sentence => sentence !== undefined);
  const command = `thaw runtime install${cuda ? ' --cuda' : ''}`;
  const install = t('run `{0}`', command);
  if (cuda && !hasGpuDriver()) {
    return {
      problem: t('it is not installed, and no NVIDIA driver was found'),
      remedy: t('only with an NVIDIA GPU: install its driver, 525 or newer, then {0}', install),
    };
  }
  return {
    problem: t('it is not installed'),
    remedy: missing.length === 0 ? install : t('{0}; then {1}', missing.join(t('; ')), install),
  };
}

async function sentenceOf(find: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await find();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function processorName(): string {
  return cpus()[0]?.model.trim() || process.arch;
}
