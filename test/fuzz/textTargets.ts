import assert from 'node:assert/strict';
import { join } from 'node:path';
import { countLabels, labelColumns } from '../../src/core/dataset/countLabels';
import { readLabels } from '../../src/core/dataset/readLabels';
import { composeCell, refusalOf } from '../../src/core/notebook/composeCell';
import { readThawDocument, writeThawDocument } from '../../src/core/notebook/thawDocument';
import { finish } from '../../src/core/progress';
import type { Random } from '../../src/core/random';
import { checkRecipe } from '../../src/core/recipe/checkRecipe';
import { changeRecipe } from '../../src/core/recipe/editRecipe';
import { layerFields } from '../../src/core/recipe/layerFields';
import { parseRecipe } from '../../src/core/recipe/parseRecipe';
import { readRecipeText } from '../../src/core/recipe/recipeText';
import { UserError } from '../../src/core/userError';
import { runOutputMarkdown, runOutputText } from '../../src/extension/notebook/runOutputText';
import { checkData } from '../../src/extension/recipe/checkData';
import { checkLayers } from '../../src/extension/recipe/checkLayers';
import { DataFacts } from '../../src/extension/recipe/dataFacts';
import { CellModel } from '../../webview/renderer/cellModel';
import { readRunOutput } from '../../webview/renderer/readRunOutput';
import type { FuzzTarget } from './fuzzTarget';
import { mutateBytes, mutateJson, mutateText, pick, writeJson, type Json } from './mutate';

const { signal } = new AbortController();

const RECIPE: Json = {
  name: 'ants',
  data: {
    folder: 'data',
    test: 0.2,
    labels: { file: 'labels.csv', image: 'id', label: 'dx', group: 'lesion' },
  },
  model: 'resnet18',
  weights: 'imagenet',
  classes: 2,
  freeze: ['conv1', 'layer1', 'layer2.0'],
  frozenBatchNorm: 'eval',
  optimizer: { type: 'adamw', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
  scheduler: { type: 'step', stepSize: 7, gamma: 0.1 },
  epochs: 25,
  batchSize: 32,
  seed: 0,
  imageSize: 224,
  augment: 'flip',
};
const FIELDS = [
  ...['name', 'data', 'folder', 'labels', 'model', 'weights', 'classes', 'freeze', 'optimizer', 'type', 'lr'],
  ...[
    'scheduler',
    'epochs',
    'batchSize',
    'seed',
    'imageSize',
    'augment',
    'engine',
    'extends',
    'sweep',
    'run',
  ],
];
const WORDS = ['{', '}', '[', ']', ',', ':', '"', '//', '/*', '*/', '\\', 'null', '1e999', ...FIELDS];

function recipeText(random: Random, recipe: Json = RECIPE): string {
  const text = writeJson(mutateJson(recipe, random, FIELDS));
  return random.integer(3) === 0 ? mutateText(text, random, WORDS) : text;
}

const recipe: FuzzTarget = {
  name: 'recipe',
  input(random) {
    const text = recipeText(random);
    const freeze = [pick(random, ['layer4', '', '__proto__'])];
    const set = random.integer(4) === 0 ? [`${pick(random, FIELDS)}.${pick(random, FIELDS)}=1`] : [];
    return {
      files: { 'a.thaw.json': text },
      read: async folder => {
        checkRecipe(text);
        const { value } = readRecipeText(text);
        if (value !== undefined) {
          checkLayers(layerFields(value), value);
          await checkData(value, { file: join(folder, 'a.thaw.json'), facts: new DataFacts(), signal });
          changeRecipe(text, [
            { path: ['freeze'], value: freeze },
            { path: ['optimizer', 'lr'], value: undefined },
          ]);
        }
        parseRecipe(text, { folder, file: 'a.thaw.json', set });
      },
    };
  },
};

const RUN: Json = {
  folder: '.thaw/runs/2026-01-01T00-00-00-ants',
  name: 'ants',
  variant: 'seed = 1',
  summary: {
    ...{ status: 'completed', model: 'resnet18', epochs: 3, bestEpoch: 2, bestAccuracy: 0.9, seconds: 3 },
    message: 'all went well',
  },
};
const NOTEBOOK_FIELDS = [
  ...['version', 'cells', 'kind', 'text', 'output', 'runs', 'folder', 'name', 'variant', 'summary', 'status'],
  ...['recipe', 'markdown', 'message', 'bestEpoch', 'bestAccuracy', 'seconds'],
];

const notebook: FuzzTarget = {
  name: 'notebook',
  input(random) {
    const cell = (base: Json): Json => ({
      kind: 'recipe',
      text: recipeText(random, random.integer(2) === 0 ? base : RECIPE).split('\n'),
      output: { version: 1, runs: [RUN, RUN].slice(random.integer(3)) },
    });
    const document: Json = {
      version: 1,
      cells: [
        { kind: 'markdown', text: ['# notes', '<script>alert(1)</script>'] },
        cell(RECIPE),
        cell({
          name: 'b',
          extends: 'ants',
          weights: { run: 'ants' },
          sweep: { seed: [0, 1], 'optimizer.lr': [1] },
        }),
        cell({ extends: 'b', optimizer: { type: 'sgd' }, freeze: [] }),
      ],
    };
    const wrong = random.integer(2) === 0;
    const text = writeJson(wrong ? mutateJson(document, random, NOTEBOOK_FIELDS) : document);
    const bytes = Buffer.from(random.integer(5) === 0 ? mutateText(text, random, WORDS) : text);
    const file = random.integer(10) === 0 ? mutateBytes(bytes, random) : bytes;
    return {
      files: { 'a.thaw': file },
      read: () => {
        const read = readThawDocument(file);
        assert.deepEqual(readThawDocument(writeThawDocument(read)), read);
        for (const [index, { kind, text, output }] of read.cells.entries()) {
          if (kind === 'recipe') readCell(read.cells, index, text);
          if (output) readOutput(output);
        }
      },
    };
  },
};

function readCell(cells: Parameters<typeof composeCell>[0], index: number, text: string): void {
  const composed = composeCell(cells, index, { weightsOf: () => 'best.safetensors' });
  refusalOf(composed, text);
  for (const run of composed.runs) orRefusal(() => parseRecipe(run.text, { folder: '/' }));
}

function readOutput(output: Parameters<typeof runOutputText>[0]): void {
  runOutputText(output);
  assert.doesNotMatch(runOutputMarkdown(output), /(^|[^\\])<img|(^|[^\\])\]\(/);
  const shown = readRunOutput(output);
  if (shown) new CellModel().show(shown);
}

function orRefusal(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

const CSV_WORDS = [
  ',',
  ';',
  '\t',
  '"',
  '""',
  '\n',
  '\r\n',
  '\r',
  '\ufeff',
  'id',
  'dx',
  'one.jpg',
  '../one.jpg',
  ' ',
];

const labels: FuzzTarget = {
  name: 'labels',
  input(random) {
    const rows = ['id,dx,lesion', 'one,nv,L1', 'two.jpg,mel,', 'a/three,nv,L2', 'four,mel,L2'];
    let text = rows.join(pick(random, ['\n', '\r\n']));
    for (let i = random.integer(4); i >= 0; i--) text = mutateText(text, random, CSV_WORDS);
    const bytes = random.integer(5) === 0 ? mutateBytes(Buffer.from(text), random) : Buffer.from(text);
    const pictures = ['one.jpg', 'two.jpg', 'a/three.png', '__proto__.png', 'four.png'];
    return {
      files: { 'labels.csv': bytes, ...Object.fromEntries(pictures.map(name => [`data/${name}`, ''])) },
      read: async folder => {
        const file = join(folder, 'labels.csv');
        const columns = { file, image: 'id', label: 'dx', group: pick(random, ['lesion', undefined]) };
        await labelColumns(file);
        await countLabels(file, 'dx', signal).catch((error: unknown) => {
          if (!(error instanceof UserError)) throw error;
        });
        await finish(
          readLabels({ folder: join(folder, 'data'), test: 0.2, labels: columns }, columns, signal),
        );
      },
    };
  },
};

export const textTargets: readonly FuzzTarget[] = [recipe, notebook, labels];
