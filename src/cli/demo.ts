import { mkdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { t } from '../protocol/language';
import { writeFileAtomically } from '../core/atomicWrite';
import { prepareFourCases } from '../core/demo/fourCases';
import { fetchSolarCells } from '../core/demo/solarCells';
import { finish } from '../core/progress';
import { parseRecipe } from '../core/recipe/parseRecipe';
import { installRuntime } from '../core/runtime/installRuntime';
import { fineTune } from '../core/training/fineTune';
import { changesOf } from './changesOf';
import type { Command, CommandContext } from './command';
import { featureProgram, programFolder, programVersion } from './programFolder';
import { showEvents } from './showEvents';
import { engineOption, eventsOption, setOption } from './trainingOptions';

/** `thaw demo`: from nothing to a fine-tuned network in about two minutes. */
export const demoCommand: Command = {
  usage: 'demo [--notebook] [--set PATH=VALUE]... [--engine NAME] [--json]',
  get description() {
    return t(
      'Fetches the engine, the ImageNet weights of EfficientNet-Lite0 and 2,624 photographs of solar cells (120 MB of ' +
        'them, the engine apart), then fine-tunes the last layer to tell functional from defective cells. The recipe is ' +
        'left in .thaw/demo, to be changed and trained again. With --notebook it trains nothing, but leaves there the ' +
        'notebook of the four cases with its photographs.',
    );
  },
  options: {
    notebook: {
      type: 'boolean',
      get help() {
        return t('Only prepare the notebook of the four cases');
      },
    },
    set: setOption('epochs=5'),
    engine: engineOption,
    json: eventsOption,
  },
  async run(context) {
    const { signal, values, progress, print, note } = context;
    const engine = values.text('engine');
    // The built-in one has nothing to fetch.
    if (engine !== 'wasm') await finish(installRuntime({ cuda: false, signal }), progress);
    if (values.flag('notebook')) return prepareNotebook(context);
    const data = await finish(fetchSolarCells({ signal }), progress);
    const workspace = resolve('.');
    const folder = join(workspace, '.thaw', 'demo');
    const file = 'solar-cells.thaw.json';
    const path = join(folder, file);
    await mkdir(folder, { recursive: true });
    let text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) {
      text = `${JSON.stringify(solarCellsRecipe(data), undefined, 2)}\n`;
      await writeFileAtomically(path, text);
    } else {
      note(t('The recipe is taken as it is in {0}; delete it to have the original again', path));
    }
    const set = changesOf(values);
    const recipe = parseRecipe(text, { folder, file, set });
    const options = { workspace, out: undefined, version: programVersion(), signal };
    const events = fineTune(recipe, { ...options, featureProgram: featureProgram() });
    await showEvents(events, values.flag('json'), context);
    if (!values.flag('json'))
      print(t('To change it and train it again: node dist/cli.js train {0}', relative('.', path)));
  },
};

async function prepareNotebook({ signal, progress, print }: CommandContext): Promise<void> {
  const sample = join(programFolder(), 'samples', 'four-cases.thaw');
  const folder = resolve('.thaw', 'demo');
  const notebook = await finish(prepareFourCases(folder, sample, { signal }), progress);
  print(t('Notebook: {0}', notebook));
  print(t('Open its folder in the editor and run its cells one by one, or train them all here:'));
  print(`node dist/cli.js train ${relative('.', notebook)}`);
}

/** Case 1 of the four: a similar task, so everything is frozen but the new last layer. */
function solarCellsRecipe(folder: string): object {
  return {
    name: 'solar-cells',
    data: {
      folder,
      test: 0.25,
      labels: { file: join(folder, 'labels.csv'), image: 'image', label: 'label' },
    },
    model: 'efficientnet_lite0',
    weights: 'imagenet',
    freeze: ['_conv_stem', '_bn0', '_blocks', '_conv_head', '_bn1', '_avg_pooling', '_dropout'],
    optimizer: { type: 'adamw', lr: 0.003, weightDecay: 0.001 },
    scheduler: { type: 'cosine' },
    epochs: 25,
    batchSize: 32,
    augment: 'none',
  };
}
