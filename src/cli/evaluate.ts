import { resolve } from 'node:path';
import { t } from '../protocol/language';
import { finish } from '../core/progress';
import { evaluateRun } from '../core/training/evaluateRun';
import { TrainedModel } from '../core/training/trainedModel';
import { UserError } from '../core/userError';
import { wilsonInterval } from '../protocol/wilsonInterval';
import type { Command } from './command';

/** `thaw evaluate RUN` */
export const evaluateCommand: Command = {
  usage: 'evaluate RUN [--data FOLDER] [--json]',
  get description() {
    return t(
      "Measures loss and accuracy of a run's best weights on the pictures of its own test phase, or on another folder " +
        'with the same class folders.',
    );
  },
  options: {
    data: {
      type: 'string',
      value: 'FOLDER',
      get help() {
        return t('Measure on the class folders (or test/ folder) there');
      },
    },
    json: {
      type: 'boolean',
      get help() {
        return t('Print the result as JSON');
      },
    },
  },
  async run({ positionals, values, signal, print, progress }) {
    const [run, ...rest] = positionals;
    if (run === undefined || rest.length > 0)
      throw new UserError(t('Name one run folder: thaw evaluate RUN'));
    const model = await TrainedModel.open(run);
    const data = values.text('data');
    const work = evaluateRun(model, run, data === undefined ? undefined : resolve(data), signal);
    const { loss, accuracy, samples } = await finish(work, progress);
    const { low, high } = wilsonInterval(accuracy, samples);
    print(
      values.flag('json')
        ? JSON.stringify({ loss, accuracy, accuracyInterval: [low, high], samples })
        : t(
            'test Loss: {0} Acc: {1} ({2} images: {3} to {4} with 95 % confidence)',
            loss.toFixed(4),
            accuracy.toFixed(4),
            samples,
            low.toFixed(4),
            high.toFixed(4),
          ),
    );
  },
};
