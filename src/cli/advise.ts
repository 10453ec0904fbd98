import { t } from '../protocol/language';
import { adviseFreeze, DEFAULT_MINUTES, MOST_PICTURES } from '../core/training/adviseFreeze';
import { planText } from '../protocol/adviceEvent';
import { EventText } from '../protocol/eventText';
import { adviceTable } from './adviceTable';
import type { Command } from './command';
import { featureProgram } from './programFolder';
import { recipeToTry, trialOptions, wholeNumber } from './recipeToTry';

/** `thaw advise RECIPE` */
export const adviseCommand: Command = {
  usage:
    'advise RECIPE [--set PATH=VALUE]... [--minutes N] [--epochs N] [--pictures N] [--engine NAME] [--json]',
  get description() {
    return t(
      'Trains a recipe for a few epochs on some of its pictures, once with each freeze set of the four cases and with its own, ' +
        'and says which to take: the fastest of those that the pictures held out cannot tell from the best. Nothing that is ' +
        'trained is kept.',
    );
  },
  options: {
    ...trialOptions,
    minutes: {
      type: 'string',
      value: 'N',
      get help() {
        return t('Longest that it may take; {0} unless told', DEFAULT_MINUTES);
      },
    },
    epochs: {
      type: 'string',
      value: 'N',
      get help() {
        return t('Epochs of each trial; 6 or what there is time for unless told');
      },
    },
    pictures: {
      ...{ type: 'string', value: 'N' },
      get help() {
        return t('Most pictures of each phase; {0} or what there is time for unless told', MOST_PICTURES);
      },
    },
  },
  async run({ positionals, values, signal, print, note, progress }) {
    const { recipe, workspace } = await recipeToTry('advise', positionals, values);
    const minutes = wholeNumber(values, 'minutes', 1, 10_000);
    const epochs = wholeNumber(values, 'epochs', 1, 1_000);
    const pictures = wholeNumber(values, 'pictures', 10, 1_000_000);
    const json = values.flag('json');
    const words = new EventText();
    const limits = { minutes, epochs, pictures };
    const work = adviseFreeze(recipe, { workspace, ...limits, featureProgram: featureProgram(), signal });
    for (;;) {
      const { value, done } = await work.next();
      if (done) {
        if (!json) adviceTable(value).forEach(print);
        return;
      }
      if (json) print(JSON.stringify(value));
      else if (value.kind === 'progress') progress(value);
      else if (value.kind === 'adviceEstimated') note(planText(value));
      else if (value.kind === 'note' || value.kind === 'imageSkipped') words.lines(value).forEach(note);
    }
  },
};
