import { t } from '../../protocol/language';
import type { DoctorReport, EngineReport } from './doctor';

const names: Readonly<Record<EngineReport['engine'], string>> = {
  get 'tensorflow-cpu'() {
    return t('TensorFlow on the CPU');
  },
  get 'tensorflow-cuda'() {
    return t('TensorFlow with CUDA');
  },
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  get torchrun() {
    return t('PyTorch by torchrun');
  },
};

/** The report as a person reads it. */
export function doctorText(version: string, report: DoctorReport): string {
  const memory = (report.memoryBytes / 2 ** 30).toFixed(0);
  const gpus = report.gpus.map(({ name, driver, computeCapability, memoryMegabytes }) =>
    t('{0}, {1} MB, compute capability {2}, driver {3}', name, memoryMegabytes, computeCapability, driver),
  );
  return [
    `thaw ${version}, Node ${report.node}, ${report.machine}`,
    t('Processor: {0}, {1} cores, {2} GB of memory', report.processor, report.cores, memory),
    t('GPU: {0}', gpus.join(t('; ')) || t('none that nvidia-smi lists')),
    t('Cache: {0}', report.cacheFolder),
    t('Engine: {0}', engineText(report.chosen)),
    ...report.engines.flatMap(engine => ['', ...engineLines(engine)]),
  ].join('\n');
}

function engineText(chosen: DoctorReport['chosen']): string {
  return chosen.name === undefined ? chosen.problem : `${chosen.name}, ${chosen.reason}`;
}

function engineLines({ engine, works, version, devices, notes, problem, remedy }: EngineReport): string[] {
  return [
    `${names[engine]}: ${works ? `${t('works')}${version === undefined ? '' : ` (${version})`}` : t('does not work')}`,
    ...devices.map(device => t('  device: {0}', device)),
    ...notes.map(note => t('  note: {0}', note)),
    ...(problem === undefined ? [] : [t('  why: {0}', problem)]),
    ...(remedy === undefined ? [] : [t('  what to do: {0}', remedy)]),
  ];
}
