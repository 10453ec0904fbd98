import { t } from '../protocol/language';
import { findLearningRate } from '../core/training/findLearningRate';
import { EventText } from '../protocol/eventText';
import { progressOfSearch } from '../protocol/learningRateEvent';
import type { Command } from './command';
import { learningRatePlot } from './learningRatePlot';
import { featureProgram } from './programFolder';
import { recipeToTry, trialOptions, wholeNumber } from './recipeToTry';

const FEWEST = 20;
const MOST = 10_000;

/** `thaw find-lr RECIPE` */
export const findLrCommand: Command = {
  usage: 'find-lr RECIPE [--set PATH=VALUE]... [--steps N] [--engine NAME] [--json]',
  get description() {
    return t(
      'Trains a step for each of 100 learning rates from 1e-7 to 10 and shows how the loss answers: it falls, and then runs ' +
        'away. Suggests the rate where it falls most steeply. Nothing that is trained is kept.',
    );
  },
  options: {
    ...trialOptions,
    steps: {
      type: 'string',
      value: 'N',
      get help() {
        return t('How many rates to try; 100 unless told');
      },
    },
  },
  async run({ positionals, values, signal, print, note, progress }) {
    const { recipe, workspace } = await recipeToTry('find-lr', positionals, values);
    const steps = wholeNumber(values, 'steps', FEWEST, MOST) ?? 100;
    const json = values.flag('json');
    const words = new EventText();
    const work = findLearningRate(recipe, { workspace, steps, featureProgram: featureProgram(), signal });
    for (;;) {
      const { value, done } = await work.next();
      if (done) {
        if (!json) learningRatePlot(value).forEach(print);
        return;
      }
      if (json) print(JSON.stringify(value));
      else if (value.kind === 'learningRateTried') progress(progressOfSearch(value));
      else if (value.kind === 'progress') progress(value);
      else if (value.kind !== 'learningRateFound') words.lines(value).forEach(note);
    }
  },
};
