import { examine } from '../core/runtime/doctor';
import { doctorText } from '../core/runtime/doctorText';
import type { Command } from './command';
import { programVersion } from './programFolder';

export const doctorCommand: Command = {
  usage: 'doctor [--json]',
  description:
    'Tries each engine, TensorFlow in a process of its own, and says which is taken and why. Exit code 1 when none works.',
  options: { json: { type: 'boolean', help: 'Print the report as JSON' } },
  async run({ values, signal, print }) {
    const report = await examine({ signal });
    const thaw = programVersion();
    print(values.flag('json') ? JSON.stringify({ thaw, ...report }) : doctorText(thaw, report));
    return report.engines.some(({ works }) => works) ? 0 : 1;
  },
};
