import assert from 'node:assert/strict';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { TorchrunTrainer } from '../../../src/core/torchrun/torchrunTrainer';

describe('the engine torchrun', () => {
  it('refuses what it does not have before it looks for PyTorch, by the name of the field', async () => {
    const text = '{ "data": { "folder": "d" }, "model": "resnet18", "engine": "torchrun", "mixup": {} }';
    const recipe = parseRecipe(text, { folder: '/' });
    await assert.rejects(TorchrunTrainer.open(recipe, '/no/python', new AbortController().signal), {
      name: 'UserError',
      message:
        'mixup: the engine torchrun does not mix pictures; leave the field out, or take another engine.',
    });
  });
});
