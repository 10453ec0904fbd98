import assert from 'node:assert/strict';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { TorchrunTrainer } from '../../../src/core/torchrun/torchrunTrainer';

describe('the engine torchrun', () => {
  it('refuses what it does not have before it looks for PyTorch, by the name of the field', async () => {
    for (const [field, message] of [
      ['"mixup": {}', 'mixup: the engine torchrun does not mix pictures'],
      [
        '"unfreeze": [{ "epoch": 1 }]',
        'unfreeze: the engine torchrun freezes the same layers in every epoch',
      ],
    ] as const) {
      const text = `{ "data": { "folder": "d" }, "model": "resnet18", "engine": "torchrun", ${field} }`;
      const recipe = parseRecipe(text, { folder: '/' });
      await assert.rejects(TorchrunTrainer.open(recipe, '/no/python', new AbortController().signal), {
        name: 'UserError',
        message: `${message}; leave the field out, or take another engine.`,
      });
    }
  });
});
