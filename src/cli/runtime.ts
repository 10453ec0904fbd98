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
  description:
    'install fetches TensorFlow through pip (its mirrors, proxies and offline folders count), checks it, and builds ' +
    'the binding to it; where prints the folder of the engine that would be used.',
  options: {
    cuda: { type: 'boolean', help: 'The engine for NVIDIA GPUs (3.4 GB to fetch, 5.4 GB on disk)' },
  },
  async run({ positionals, values, signal, print, progress }) {
    const [action, ...more] = positionals;
    if (more.length > 0 || (action !== 'install' && action !== 'where')) {
      throw new UserError('`thaw runtime` takes one word, install or where');
    }
    if (action === 'install') {
      const runtime = await finish(installRuntime({ cuda: values.flag('cuda'), signal }), progress);
      print(`TensorFlow ${runtime.version}${runtime.cuda ? ' with CUDA' : ''} is ready in ${runtime.folder}`);
      if (runtime.cuda) {
        const [probe, gpus] = [await probeRuntime(runtime, { signal }), await findGpus(signal)];
        const { devices, problem, remedy } = reportOf(runtime, probe, gpus);
        print(problem === undefined ? `It computes on ${devices.join(', ')}` : `But ${problem}: ${remedy}`);
      }
      return;
    }
    const runtime = findRuntime(values.flag('cuda') ? { cuda: true } : {});
    if (!runtime) throw new UserError('No engine is installed: run `thaw runtime install`');
    print(runtime.folder);
  },
};
