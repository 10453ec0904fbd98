import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrainedModel } from '../../../src/core/training/trainedModel';
import { writeSafetensors } from '../../../src/core/weights/safetensors';
import { tensorOf } from '../../../src/core/weights/stateDict';
import { temporaryFolder } from '../weights/temporaryFolder';

const RECIPE = { name: 'a', data: { folder: '/data' }, model: 'resnet18' };
const RESOLVED = {
  classes: ['ant', 'bee'],
  preprocessing: { resize: 256, crop: 224, mean: [0, 0, 0], std: [1, 1, 1] },
};

describe('A run of a stranger, opened to classify', () => {
  const place = temporaryFolder();
  let runs = 0;
  const run = async (recipe: object, resolved: object = RESOLVED): Promise<string> => {
    const folder = place.path(`run ${runs++}`);
    await mkdir(folder);
    await writeFile(join(folder, 'recipe.json'), JSON.stringify({ ...recipe, resolved }));
    const tensors = new Map([['\u001b[2Jevil', tensorOf([1], Float32Array.of(1))]]);
    await writeSafetensors(join(folder, 'best.safetensors'), tensors);
    return folder;
  };

  const preprocessing = { ...RESOLVED.preprocessing, crop: 4000 };
  const cases: readonly (readonly [what: string, recipe: object, resolved: object, message: RegExp])[] = [
    ['a model that is an object', { ...RECIPE, model: {} }, RESOLVED, /model must be text/],
    ['an engine that is a path', { ...RECIPE, engine: '/tmp/evil.node' }, RESOLVED, /engine must be/],
    ['pictures too large', RECIPE, { ...RESOLVED, preprocessing }, /recipe\.json is damaged/],
    [
      'more classes than weights',
      RECIPE,
      { ...RESOLVED, classes: Array(1e5).fill('a') },
      /do not fit resnet18/,
    ],
    ['weights of another model', RECIPE, RESOLVED, /1 key unexpected: \[2Jevil/],
  ];
  for (const [what, recipe, resolved, message] of cases) {
    it(`is refused in a sentence where it has ${what}`, async () => {
      await assert.rejects(TrainedModel.open(await run(recipe, resolved)), { name: 'UserError', message });
    });
  }
});
