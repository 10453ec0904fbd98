import { examine, type DoctorReport, type EngineReport } from '../core/runtime/doctor';
import type { Command } from './command';
import { programVersion } from './programFolder';

export const doctorCommand: Command = {
  usage: 'doctor [--json]',
  description:
    'Loads each engine in a process of its own and runs one convolution. Exit code 1 when none works.',
  options: { json: { type: 'boolean', help: 'Print the report as JSON' } },
  async run({ values, signal, print }) {
    const report = await examine({ signal });
    const thaw = programVersion();
    print(values.flag('json') ? JSON.stringify({ thaw, ...report }) : doctorText(thaw, report));
    return report.engines.some(({ works }) => works) ? 0 : 1;
  },
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
    ...report.engines.flatMap(engine => ['', ...engineLines(engine)]),
  ].join('\n');
}

function engineLines({ engine, works, version, devices, notes, problem, remedy }: EngineReport): string[] {
  const name = engine === 'tensorflow-cuda' ? 'TensorFlow with CUDA' : 'TensorFlow on the CPU';
  return [
    `${name}: ${works ? `works (${version})` : 'does not work'}`,
    ...devices.map(device => `  device: ${device}`),
    ...notes.map(note => `  note: ${note}`),
    ...(problem === undefined ? [] : [`  why: ${problem}`]),
    ...(remedy === undefined ? [] : [`  what to do: ${remedy}`]),
  ];
}
