import { basename, dirname, resolve } from 'node:path';
import { parseRecipe } from '../core/recipe/parseRecipe';
import { MAX_RECIPE_BYTES } from '../core/recipe/recipeText';
import { findLearningRate } from '../core/training/findLearningRate';
import { UserError } from '../core/userError';
import { EventText } from '../protocol/eventText';
import { progressOfSearch } from '../protocol/learningRateEvent';
import type { Command, CommandContext } from './command';
import { learningRatePlot } from './learningRatePlot';
import { featureProgram } from './programFolder';
import { readRecipeFile } from './readRecipeFile';

const FEWEST = 20;
const MOST = 10_000;

/** `thaw find-lr RECIPE` */
export const findLrCommand: Command = {
  usage: 'find-lr RECIPE [--set PATH=VALUE]... [--steps N] [--engine NAME] [--json]',
  description:
    'Trains a step for each of 100 learning rates from 1e-7 to 10 and shows how the loss answers: it falls, and then runs ' +
    'away. Suggests the rate where it falls most steeply. Nothing that is trained is kept.',
  options: {
    set: { type: 'string', multiple: true, value: 'PATH=VALUE', help: 'Change a field, as in batchSize=16' },
    steps: { type: 'string', value: 'N', help: 'How many rates to try; 100 unless told' },
    engine: { type: 'string', value: 'NAME', help: 'The engine to use: auto, tensorflow, webgpu or wasm' },
    json: { type: 'boolean', help: 'Print every event as a line of JSON' },
  },
  async run({ positionals, values, signal, print, note, progress }) {
    const [file, ...rest] = positionals;
    if (file === undefined || rest.length > 0) throw new UserError('Name one recipe: thaw find-lr RECIPE');
    if (/\.thaw$/i.test(file))
      throw new UserError(`find-lr is for a recipe (*.thaw.json): ${basename(file)} is a notebook`);
    const engine = values.text('engine');
    const set = [...values.list('set'), ...(engine === undefined ? [] : [`engine=${engine}`])];
    const text = (await readRecipeFile(file, MAX_RECIPE_BYTES)).toString('utf8');
    const workspace = dirname(resolve(file));
    const recipe = parseRecipe(text, { folder: workspace, file: basename(file), set });
    const steps = stepsOf(values);
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

function stepsOf(values: CommandContext['values']): number {
  const given = values.text('steps') ?? '100';
  const steps = Number(given);
  if (!Number.isInteger(steps) || steps < FEWEST || steps > MOST)
    throw new UserError(`--steps must be a whole number from ${FEWEST} to ${MOST}, not ${given}`);
  return steps;
}
