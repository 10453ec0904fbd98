import { t } from '../protocol/language';
import { finish } from '../core/progress';
import { reportOf } from '../core/runtime/doctor';
import { findGpus } from '../core/runtime/findGpus';
import { findRuntime } from '../core/runtime/findRuntime';
import { installRuntime } from '../core/runtime/installRuntime';
import { probeRuntime } from '../core/runtime/probeRuntime';
import { UserError } from '../core/userError';
import type { Command } from './command';

export const runtimeCommand: Command = {
  usage: 'runtime install [--cuda] | runtime where',
  get description() {
    return t(
      'install fetches TensorFlow through pip (its mirrors, proxies and offline folders count), checks it, and builds ' +
        'the binding to it; where prints the folder of the engine that would be used.',
    );
  },
  options: {
    cuda: {
      type: 'boolean',
      get help() {
        return t('The engine for NVIDIA GPUs (3.4 GB to fetch, 5.4 GB on disk)');
      },
    },
  },
  async run({ positionals, values, signal, print, progress }) {
    const [action, ...more] = positionals;
    if (more.length > 0 || (action !== 'install' && action !== 'where')) {
      throw new UserError(t('`thaw runtime` takes one word, install or where'));
    }
    if (action === 'install') {
      const runtime = await finish(installRuntime({ cuda: values.flag('cuda'), signal }), progress);
      print(
        t(
          'TensorFlow {0}{1} is ready in {2}',
          runtime.version,
          runtime.cuda ? t(' with CUDA') : '',
          runtime.folder,
        ),
      );
      if (runtime.cuda) {
        const [probe, gpus] = [await probeRuntime(runtime, { signal }), await findGpus(signal)];
        const { devices, problem, remedy } = reportOf(runtime, probe, gpus);
        print(
          problem === undefined
            ? t('It computes on {0}', devices.join(', '))
            : t('But {0}: {1}', problem, remedy ?? ''),
        );
      }
      return;
    }
    const runtime = findRuntime(values.flag('cuda') ? { cuda: true } : {});
    if (!runtime) throw new UserError(t('No engine is installed: run `thaw runtime install`'));
    print(runtime.folder);
  },
};
