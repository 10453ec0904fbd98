import { resolve } from 'node:path';
import { finish } from '../core/progress';
import { evaluateRun } from '../core/training/evaluateRun';
import { TrainedModel } from '../core/training/trainedModel';
import { UserError } from '../core/userError';
import { wilsonInterval } from '../protocol/wilsonInterval';
import type { Command } from './command';

/** `thaw evaluate RUN` */
export const evaluateCommand: Command = {
  usage: 'evaluate RUN [--data FOLDER] [--json]',
  description:
    "Measures loss and accuracy of a run's best weights on the pictures of its own test phase, or on another folder " +
    'with the same class folders.',
  options: {
    data: { type: 'string', value: 'FOLDER', help: 'Measure on the class folders (or test/ folder) there' },
    json: { type: 'boolean', help: 'Print the result as JSON' },
  },
  async run({ positionals, values, signal, print, progress }) {
    const [run, ...rest] = positionals;
    if (run === undefined || rest.length > 0) throw new UserError('Name one run folder: thaw evaluate RUN');
    const model = await TrainedModel.open(run);
    const data = values.text('data');
    const work = evaluateRun(model, run, data === undefined ? undefined : resolve(data), signal);
    const { loss, accuracy, samples } = await finish(work, progress);
    const { low, high } = wilsonInterval(accuracy, samples);
    print(
      values.flag('json')
        ? JSON.stringify({ loss, accuracy, accuracyInterval: [low, high], samples })
        : `test Loss: ${loss.toFixed(4)} Acc: ${accuracy.toFixed(4)} (${samples} images: ` +
            `${low.toFixed(4)} to ${high.toFixed(4)} with 95 % confidence)`,
    );
  },
};
