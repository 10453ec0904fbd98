import assert from 'node:assert/strict';
import { layerFields } from '../../../src/core/recipe/layerFields';

describe('what a recipe says of its layers', () => {
  const defaults = {
    model: undefined,
    classes: undefined,
    freeze: [],
    frozenBatchNorm: 'eval',
    imageSize: 224,
    augment: 'flip',
    cachedViews: undefined,
    mixes: false,
    unfreeze: [],
  };

  it('is read from a recipe that is right', () =>
    assert.deepEqual(
      layerFields({
        model: 'resnet18',
        classes: 2,
        freeze: ['conv1'],
        frozenBatchNorm: 'train',
        imageSize: 96,
        augment: 'none',
        cachedViews: 3,
        mixup: { alpha: 1 },
      }),
      {
        model: 'resnet18',
        classes: 2,
        freeze: ['conv1'],
        frozenBatchNorm: 'train',
        imageSize: 96,
        augment: 'none',
        cachedViews: 3,
        mixes: true,
        unfreeze: [],
      },
    ));

  it('has the defaults of a recipe', () => assert.deepEqual(layerFields({}), defaults));

  it('takes what cannot be meant as left out', () =>
    assert.deepEqual(
      layerFields({ model: 7, classes: 1, freeze: 'conv1', imageSize: 3.5, augment: 'mirror', epochs: 'x' }),
      defaults,
    ));

  it('skips entries of freeze that are no text', () =>
    assert.deepEqual(layerFields({ freeze: ['conv1', 7, null, 'bn1'] }).freeze, ['conv1', 'bn1']));

  it('finds nothing in what is no recipe', () => {
    for (const other of [null, 3, 'resnet18', []]) assert.deepEqual(layerFields(other), defaults);
  });
});
