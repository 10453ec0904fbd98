import { basename, dirname, resolve } from 'node:path';
import { t } from '../protocol/language';
import { MAX_NOTEBOOK_BYTES } from '../core/notebook/thawDocument';
import { parseRecipe } from '../core/recipe/parseRecipe';
import { MAX_RECIPE_BYTES } from '../core/recipe/recipeText';
import { fineTune } from '../core/training/fineTune';
import { UserError } from '../core/userError';
import { changesOf } from './changesOf';
import type { Command } from './command';
import { featureProgram, programVersion } from './programFolder';
import { pythonOf, pythonOption } from './pythonOption';
import { readRecipeFile } from './readRecipeFile';
import { showEvents } from './showEvents';
import { trainNotebook } from './trainNotebook';
import { eventsOption, setOption } from './trainingOptions';

/** `thaw train RECIPE`, or a notebook of recipes. */
export const trainCommand: Command = {
  usage:
    'train RECIPE [--cell NAME] [--set PATH=VALUE]... [--out FOLDER] [--engine NAME] [--python FILE] [--json]',
  get description() {
    return t(
      'Reads the recipe, verifies the images, trains, keeps the best epoch and writes a run folder. Ctrl-C stops after ' +
        'the batch in hand and keeps the best epoch so far. Of a notebook (*.thaw) it trains all cells in their order, or ' +
        'one, with every combination of a sweep; the notebook itself is not changed.',
    );
  },
  options: {
    cell: {
      type: 'string',
      value: 'NAME',
      get help() {
        return t('Train this cell of the notebook alone');
      },
    },
    set: setOption('optimizer.lr=0.01'),
    out: {
      type: 'string',
      value: 'FOLDER',
      get help() {
        return t('Write the run there instead of below .thaw/runs');
      },
    },
    engine: {
      type: 'string',
      value: 'NAME',
      get help() {
        return t('The engine to use: auto, tensorflow, webgpu, wasm or torchrun');
      },
    },
    python: pythonOption,
    json: eventsOption,
  },
  async run(context) {
    const { positionals, values } = context;
    const [file, ...rest] = positionals;
    if (file === undefined || rest.length > 0) throw new UserError(t('Name one recipe: thaw train RECIPE'));
    const set = changesOf(values);
    const isNotebook = /\.thaw$/i.test(file);
    const bytes = await readRecipeFile(file, isNotebook ? MAX_NOTEBOOK_BYTES : MAX_RECIPE_BYTES);
    const workspace = dirname(resolve(file));
    const cell = values.text('cell');
    const json = values.flag('json');
    const out = values.text('out');
    const python = pythonOf(values);
    const options = {
      ...{ workspace, out, python, version: programVersion(), signal: context.signal },
      featureProgram: featureProgram(),
    };
    if (isNotebook) return trainNotebook(bytes, { ...options, cell, set, json }, context);
    if (cell !== undefined)
      throw new UserError(t('--cell is for notebooks (*.thaw): {0} is one recipe', basename(file)));
    const recipe = parseRecipe(bytes.toString('utf8'), { folder: workspace, file: basename(file), set });
    await showEvents(fineTune(recipe, options), json, context);
  },
};
