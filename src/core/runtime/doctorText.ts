import type { DoctorReport, EngineReport } from './doctor';

const names: Readonly<Record<EngineReport['engine'], string>> = {
  'tensorflow-cpu': 'TensorFlow on the CPU',
  'tensorflow-cuda': 'TensorFlow with CUDA',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  torchrun: 'PyTorch by torchrun',
};

/** The report as a person reads it. */
export function doctorText(version: string, report: DoctorReport): string {
  const memory = (report.memoryBytes / 2 ** 30).toFixed(0);
  const gpus = report.gpus.map(
    ({ name, driver, computeCapability, memoryMegabytes }) =>
      `${name}, ${memoryMegabytes} MB, compute capability ${computeCapability}, driver ${driver}`,
  );
  return [
    `thaw ${version}, Node ${report.node}, ${report.machine}`,
    `Processor: ${report.processor}, ${report.cores} cores, ${memory} GB of memory`,
    `GPU: ${gpus.join('; ') || 'none that nvidia-smi lists'}`,
    `Cache: ${report.cacheFolder}`,
    `Engine: ${engineText(report.chosen)}`,
    ...report.engines.flatMap(engine => ['', ...engineLines(engine)]),
  ].join('\n');
}

function engineText(chosen: DoctorReport['chosen']): string {
  return chosen.name === undefined ? chosen.problem : `${chosen.name}, ${chosen.reason}`;
}

function engineLines({ engine, works, version, devices, notes, problem, remedy }: EngineReport): string[] {
  return [
    `${names[engine]}: ${works ? `works${version === undefined ? '' : ` (${version})`}` : 'does not work'}`,
    ...devices.map(device => `  device: ${device}`),
    ...notes.map(note => `  note: ${note}`),
    ...(problem === undefined ? [] : [`  why: ${problem}`]),
    ...(remedy === undefined ? [] : [`  what to do: ${remedy}`]),
  ];
}
