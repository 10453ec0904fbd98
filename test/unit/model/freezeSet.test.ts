import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { resolveFreeze } from '../../../src/core/model/freezeSet';
import { UserError } from '../../../src/core/userError';

describe('resolveFreeze', () => {
  const { root } = findModel('resnet18');
  const freeze = (...paths: string[]) => resolveFreeze(root, paths);

  it('freezes a module and all below it', () => {
    const { isFrozen } = freeze('layer1.0', 'conv1');
    const asked = ['conv1', 'layer1.0', 'layer1.0.bn2', 'layer1', 'layer1.1', 'layer1.1.bn2', 'fc'];
    assert.deepEqual(asked.filter(isFrozen), ['conv1', 'layer1.0', 'layer1.0.bn2']);
  });

  it('goes by whole names: features.1 does not freeze features.10', () => {
    const { isFrozen } = resolveFreeze(findModel('vgg11').root, ['features.1']);
    assert.deepEqual(['features.1', 'features.10'].filter(isFrozen), ['features.1']);
  });

  it('takes a path twice', () => assert.equal(freeze('fc', 'fc').isFrozen('fc'), true));

  it('freezes nothing when nothing is named', () => assert.equal(freeze().isFrozen('conv1'), false));

  for (const [path, nearest] of [
    ['layer5', 'layer1'],
    ['layer1.0.conv3', 'layer1.0.conv1'],
    ['Conv1', 'conv1'],
  ] as const) {
    it(`suggests ${nearest} for ${path}`, () =>
      assert.throws(
        () => freeze('bn1', path),
        new UserError(`freeze: the model has no layer "${path}"; did you mean "${nearest}"?`),
      ));
  }

  it('lists the top of the model when no layer is near', () => {
    const message =
      'freeze: the model has no layer "encoder.block"; at its top are ' +
      'conv1, bn1, relu, maxpool, layer1, layer2, layer3, layer4, avgpool, fc.';
    assert.throws(() => freeze('encoder.block'), new UserError(message));
  });
});
