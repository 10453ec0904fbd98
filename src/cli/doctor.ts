import { t } from '../protocol/language';
import { examine } from '../core/runtime/doctor';
import { doctorText } from '../core/runtime/doctorText';
import { examineTorchrun } from '../core/torchrun/examineTorchrun';
import type { Command } from './command';
import { programVersion } from './programFolder';
import { pythonOf, pythonOption } from './pythonOption';

export const doctorCommand: Command = {
  usage: 'doctor [--python FILE] [--json]',
  get description() {
    return t(
      'Tries each engine, TensorFlow in a process of its own, and says which is taken and why; torchrun, where a Python is named. Exit code 1 when none works.',
    );
  },
  options: {
    python: pythonOption,
    json: {
      type: 'boolean',
      get help() {
        return t('Print the report as JSON');
      },
    },
  },
  async run({ values, signal, print }) {
    const python = pythonOf(values);
    const report = await examine({
      signal,
      examineTorchrun: python === undefined ? undefined : signal => examineTorchrun(python, signal),
    });
    const thaw = programVersion();
    print(values.flag('json') ? JSON.stringify({ thaw, ...report }) : doctorText(thaw, report));
    return report.engines.some(({ works }) => works) ? 0 : 1;
  },
};
