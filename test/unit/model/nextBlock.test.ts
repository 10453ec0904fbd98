import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { freezeFor } from '../../../src/core/model/freezeFor';
import { nextBlock } from '../../../src/core/model/nextBlock';
import { fineTuneCases } from '../../../src/core/recipe/fourCases';

const [allButHead, lowerHalf] = fineTuneCases;

describe('the block to unfreeze next', () => {
  const cases: readonly (readonly [model: string, afterHead: string, afterUpperHalf: string])[] = [
    ['resnet18', 'layer4', 'layer2'],
    ['resnet50', 'layer4', 'layer2'],
    ['vgg16', 'classifier.3', 'features.17'],
    ['mobilenet_v2', 'features.18', 'features.9'],
    ['squeezenet1_1', 'features.12', 'features.7'],
    ['efficientnet_lite0', '_conv_head', '_blocks.7'],
  ];
  for (const [name, afterHead, afterUpperHalf] of cases) {
    it(`of ${name} is ${afterHead} when only the head trains, ${afterUpperHalf} when the upper half does`, () => {
      const { root } = findModel(name);
      const next = [allButHead!, lowerHalf!].map(one => nextBlock(root, freezeFor(name, one)));
      assert.deepEqual(next, [afterHead, afterUpperHalf]);
    });
  }

  it('is none where nothing is frozen, or nothing that learns', () => {
    const { root } = findModel('resnet18');
    assert.equal(nextBlock(root, []), undefined);
    assert.equal(nextBlock(root, ['relu', 'maxpool']), undefined);
  });
});
