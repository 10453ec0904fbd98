import assert from 'node:assert/strict';
import { join } from 'node:path';
import { examine, reportOf, webgpuReport } from '../../../src/core/runtime/doctor';
import { doctorText } from '../../../src/core/runtime/doctorText';
import { readGpus, type Gpu } from '../../../src/core/runtime/findGpus';
import type { InstalledRuntime } from '../../../src/core/runtime/findRuntime';
import { readLog } from '../../../src/core/runtime/readLog';
import { fakeProgram, withEnvironment } from '../download/onPath';
import { examineTorchrun } from '../../../src/core/torchrun/examineTorchrun';
import { useSoftwareGpu } from '../engine/webgpu/softwareGpu';
import { temporaryFolder } from '../weights/temporaryFolder';
import { withoutVectors } from './withoutVectors';

const GPU_LOG = `I0000 00:00:1.2 99 gpu_device.cc:2040] Created device /job:localhost/replica:0/task:0/device:GPU:0 with 78759 MB memory:  -> device: 0, name: Some GPU 80GB, pci bus id: 0000:8d:00.0, compute capability: 9.0
I0000 00:00:1.3 99 cpu_feature_guard.cc:227] This TensorFlow binary is optimized to use available CPU instructions in performance-critical operations.
To enable the following instructions: AVX2 AVX512F FMA, in other operations, rebuild TensorFlow with the appropriate compiler flags.
I0000 00:00:1.4 99 port.cc:153] oneDNN custom operations are on. You may see slightly different numerical results.
`;
const NO_DRIVER_LOG = 'E0000 00:00:1.2 99 cuda_platform.cc:52] failed call to cuInit: UNKNOWN ERROR (303)\n';
const runtime: InstalledRuntime = {
  ...{ version: '2.21.0', cuda: true, folder: '/cache/runtime' },
  ...{ binding: '/cache/runtime/b.node', stderrSwitch: '/cache/runtime/s.node' },
};
const gpu: Gpu = { name: 'Some GPU', driver: '470.1', computeCapability: '7.0', memoryMegabytes: 16000 };

describe('readLog', () => {
  it('finds the GPUs, the instruction sets and oneDNN', () => {
    assert.deepEqual(readLog(GPU_LOG), {
      gpus: ['GPU:0 Some GPU 80GB, 78759 MB, compute capability 9.0'],
      instructions: 'AVX2 AVX512F FMA',
      oneDnn: true,
      gpuProblem: undefined,
    });
  });

  it('finds why there is no GPU', () => {
    assert.equal(readLog(NO_DRIVER_LOG).gpuProblem, 'UNKNOWN ERROR (303)');
  });
});

describe('readGpus', () => {
  it('reads a line per GPU', () => {
    assert.deepEqual(readGpus('Some GPU, 535.1, 9.0, 81559\nOther, 470.1, 7.0, [N/A]\n\n'), [
      { name: 'Some GPU', driver: '535.1', computeCapability: '9.0', memoryMegabytes: 81559 },
      { name: 'Other', driver: '470.1', computeCapability: '7.0', memoryMegabytes: 0 },
    ]);
  });
});

describe('reportOf', () => {
  it('names the GPU that is used', () => {
    const report = reportOf(runtime, { works: true, version: '2.21.0', gpu: true, log: GPU_LOG }, [gpu]);
    assert.deepEqual(report, {
      works: true,
      version: '2.21.0',
      devices: ['GPU:0 Some GPU 80GB, 78759 MB, compute capability 9.0'],
      notes: ['uses AVX2 AVX512F FMA of this processor', 'oneDNN is on'],
    });
  });

  it('says that the CUDA engine runs on the CPU without a GPU, and why', () => {
    const report = reportOf(runtime, { works: true, version: '2.21.0', gpu: false, log: NO_DRIVER_LOG }, []);
    assert.equal(report.works, true);
    assert.match(report.devices[0]!, /^CPU /);
    assert.equal(
      report.problem,
      'it runs on the CPU, because there is no NVIDIA GPU or no driver for it (TensorFlow: UNKNOWN ERROR (303))',
    );
    assert.ok(report.remedy);
  });

  it('blames the driver when there is a GPU that is not used', () => {
    const report = reportOf(runtime, { works: true, version: '2.21.0', gpu: false, log: '' }, [gpu]);
    assert.equal(report.problem, 'it runs on the CPU, although there is Some GPU with driver 470.1');
    assert.match(report.remedy!, /525 or newer/);
  });

  it('says how to install again what does not load', () => {
    const report = reportOf(runtime, { works: false, reason: 'it crashed (SIGILL)', log: '' }, []);
    assert.equal(report.works, false);
    assert.equal(report.problem, 'it is installed but does not load, it crashed (SIGILL)');
    assert.match(report.remedy!, /^delete \/cache\/runtime and run `thaw runtime install --cuda` again/);
  });
});

describe('webgpuReport', () => {
  const info = {
    ...{ vendor: 'intel', architecture: 'xe', device: '', description: 'Some Graphics' },
    isFallbackAdapter: false,
  };

  it('names the GPU, and whether it is taken', () => {
    const { devices, notes } = webgpuReport({ info }, false);
    assert.deepEqual([devices, notes], [['Some Graphics'], ['"auto" takes it before the built-in engine']]);
    assert.match(webgpuReport({ info }, true).notes[0]!, /^"auto" takes TensorFlow before it/);
  });

  it('says what to do where there is none', () => {
    const { works, problem, remedy } = webgpuReport({ problem: 'no GPU has a driver' }, false);
    assert.deepEqual([works, problem], [false, 'no GPU has a driver']);
    assert.match(remedy!, /install its driver/);
  });
});

describe('examine', () => {
  const temporary = temporaryFolder();
  before(() => useSoftwareGpu());

  it('finds the installed engine working on the CPU', async () => {
    const { engines, cores, chosen } = await examine(new AbortController());
    const [cpu, , webgpu, wasm] = engines;
    assert.deepEqual([cpu?.engine, cpu?.works, cpu?.version], ['tensorflow-cpu', true, '2.21.0']);
    assert.deepEqual([wasm?.engine, wasm?.works], ['wasm', true]);
    assert.deepEqual(webgpu, {
      ...{ engine: 'webgpu', works: true, version: 'Dawn 0.6.2', devices: ['SwiftShader driver 5.0.0'] },
      notes: ['"auto" does not take it: it is the CPU in the place of a GPU, and slow'],
    });
    assert.deepEqual(chosen, { name: 'tensorflow', reason: 'the fastest engine installed here' });
    assert.ok(cores > 0);
  });

  it('says what to install first where nothing is there', async () => {
    const environment = { THAW_CACHE: temporary.path(), PATH: temporary.path() };
    const report = await withEnvironment(environment, () => examine(new AbortController()));
    const [cpu] = report.engines;
    assert.match(
      doctorText('0', report),
      /\nEngine: wasm, the built-in engine; TensorFlow is not installed; .*\n[^]*\nWebAssembly: works\n/,
    );
    assert.deepEqual([cpu?.works, cpu?.problem], [false, 'it is not installed']);
    assert.match(
      cpu!.remedy!,
      /^No Python was found.*; No C\+\+ compiler was found.*; then run `thaw runtime install`$/,
    );
  });

  it('is a sentence as well where no engine runs', async () => {
    const environment = { THAW_CACHE: temporary.path() };
    const report = await withoutVectors(() =>
      withEnvironment(environment, () => examine(new AbortController())),
    );
    assert.match(doctorText('0', report), /\nEngine: No engine runs here: TensorFlow is not installed; .*\n/);
    assert.deepEqual(report.engines.find(({ engine }) => engine === 'wasm')?.works, false);
  });

  it('tries torchrun where a Python is named', async () => {
    const python = join(temporary.path(), 'python-without-torch');
    await fakeProgram(
      temporary.path(),
      'python-without-torch',
      `echo '{"python": "3.11.2", "missing": {"torch": "ModuleNotFoundError: No module named torch"}}'`,
    );
    const { engines } = await examine({
      signal: new AbortController().signal,
      examineTorchrun: signal => examineTorchrun(python, signal),
    });
    const torchrun = engines.at(-1)!;
    assert.deepEqual([torchrun.engine, torchrun.works], ['torchrun', false]);
    assert.match(
      torchrun.problem!,
      /^The engine torchrun needs torch in .*: install with .* -m pip install torch, or/,
    );
  });
});
