import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { frozenGroupNotes, parameterGroups } from '../../../src/core/model/parameterGroups';

describe('parameter groups', () => {
  const { root } = findModel('resnet18');
  const optimizer = (...modules: readonly (readonly string[])[]) => ({
    ...({ type: 'sgd', lr: 0.01, momentum: 0, weightDecay: 0 } as const),
    groups: modules.map((paths, i) => ({ modules: paths, lr: 0.001 * 2 ** i })),
  });

  it('say what of the learning rate each parameter has', () => {
    const scaleOf = parameterGroups(root, optimizer(['layer4', 'conv1'], ['layer3.1']));
    const keys = [
      'layer4.0.conv1.weight',
      'conv1.weight',
      'layer3.1.bn1.bias',
      'layer3.0.bn1.bias',
      'fc.bias',
    ];
    assert.deepEqual(keys.map(scaleOf), [0.1, 0.1, 0.2, 1, 1]);
    assert.equal(parameterGroups(root, { ...optimizer(), groups: [] })('fc.bias'), 1);
  });

  it('may be parameters of modules with children', () => {
    const attention = 'encoder.layers.encoder_layer_3.self_attention';
    const groups = optimizer(['class_token'], [`${attention}.in_proj`]);
    const scaleOf = parameterGroups(findModel('vit_b_16').root, groups);
    const keys = ['class_token', `${attention}.in_proj_weight`, `${attention}.out_proj.bias`];
    assert.deepEqual(keys.map(scaleOf), [0.1, 0.2, 1]);
  });

  const refuses = (modules: readonly (readonly string[])[], message: string) =>
    assert.throws(() => parameterGroups(root, optimizer(...modules)), { name: 'UserError', message });

  it('have modules of the model', () => {
    refuses([['layer5']], 'optimizer.groups: the model has no layer "layer5"; did you mean "layer1"?');
    refuses(
      [['head']],
      'optimizer.groups: the model has no layer "head"; at its top are conv1, bn1, relu, maxpool, layer1, layer2, layer3, layer4, avgpool, fc.',
    );
  });

  it('share no parameter', () => {
    const belongs = '; each parameter belongs to one group';
    refuses([['fc'], ['fc']], `optimizer.groups: "fc" is there twice${belongs}`);
    refuses(
      [['layer4.1'], ['layer4']],
      `optimizer.groups: "layer4.1" is in "layer4", which has a learning rate too${belongs}`,
    );
  });

  it('are warned of where nothing in them trains', () => {
    const notes = (freeze: readonly string[], ...modules: readonly (readonly string[])[]) =>
      frozenGroupNotes(root, freeze, optimizer(...modules));
    assert.deepEqual(notes(['layer4.0'], ['layer4']), []);
    assert.deepEqual(notes(['layer1'], ['layer1.0', 'fc'], ['relu']), [
      'optimizer.groups: nothing in layer1.0 trains, so its learning rate changes nothing.',
      'optimizer.groups: nothing in relu trains, so its learning rate changes nothing.',
    ]);
    assert.equal(notes(['layer4.0', 'layer4.1'], ['layer4']).length, 1);
  });
});
