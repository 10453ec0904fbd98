import assert from 'node:assert/strict';
import { findModel, modelNames } from '../../../src/core/model/catalog';
import { forwardOrder } from '../../../src/core/model/freezeEdits';
import { resolveFreeze } from '../../../src/core/model/freezeSet';
import { namedLayers } from '../../../src/core/model/layerTree';
import { lowerHalf } from '../../../src/core/model/lowerHalf';

describe('the lower half of a model', () => {
  const half = (model: string) => lowerHalf(findModel(model).root);

  it('is the first six children of ResNet18, as in case 2', () =>
    assert.deepEqual(half('resnet18'), ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2']));

  it('ends between two blocks where a stage is too big to keep whole', () =>
    assert.deepEqual(half('resnet101').slice(-2), ['layer3.7', 'layer3.8']));

  it('is the first eight convolutions of VGG16 with what belongs to them', () =>
    assert.deepEqual(
      half('vgg16'),
      Array.from({ length: 19 }, (_, index) => `features.${index}`),
    ));

  it('takes along an activation that is shared', () =>
    assert.ok(half('efficientnet_lite0').includes('_swish')));

  for (const model of modelNames) {
    it(`holds near half of the layers of ${model}, from the first, and not its head`, () => {
      const { root, head } = findModel(model);
      const { isFrozen } = resolveFreeze(root, half(model));
      const layers = new Map(namedLayers(root));
      const order = forwardOrder(root);
      const frozen = order.map(isFrozen);
      assert.equal(frozen.lastIndexOf(true), frozen.filter(Boolean).length - 1);
      assert.ok(!isFrozen(head));
      const computing = order.filter(path => ['Conv2d', 'Linear'].includes(layers.get(path)!.type));
      const share = computing.filter(isFrozen).length / computing.length;
      assert.ok(share >= 0.35 && share <= 0.65, `${share}`);
    });
  }
});
