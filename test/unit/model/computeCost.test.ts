import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { forwardCost, multiplyAdds } from '../../../src/core/model/computeCost';
import { resolveFreeze } from '../../../src/core/model/freezeSet';
import { buildGraph } from '../../../src/core/model/graph';
import { sequential } from '../../../src/core/model/layerTree';
import { conv2d, linear, maxPool2d, relu } from '../../../src/core/model/leaves';
import { inferShapes } from '../../../src/core/model/shapes';

describe('counting multiply-adds', () => {
  const cost = (
    model: string,
    freeze: readonly string[] = [],
    frozenBatchNorm: 'eval' | 'train' = 'eval',
  ) => {
    const { root } = findModel(model);
    const { isFrozen } = resolveFreeze(root, freeze);
    return forwardCost(root, { isFrozen, frozenBatchNorm, imageSize: 224 });
  };

  it('counts those of convolutions and linear layers, by hand', () => {
    const root = sequential([
      conv2d(3, 8, 3, { padding: 1 }),
      relu,
      conv2d(8, 8, 3, { padding: 1, groups: 8 }),
      maxPool2d(2, 2),
    ]);
    const graph = buildGraph(root);
    const shapes = inferShapes(graph, [3, 10, 10]);
    assert.deepEqual(multiplyAdds(graph, shapes), [100 * 8 * 3 * 9, 0, 100 * 8 * 9, 0]);
    const one = buildGraph(sequential([linear(512, 2)]));
    assert.deepEqual(multiplyAdds(one, [[2]]), [1024]);
  });

  it("gives torchvision's figures for its models", () => {
    const billions = (model: string) => Number((cost(model).total / 1e9).toFixed(3));
    assert.equal(billions('resnet18'), 1.814);
    assert.equal(billions('resnet50'), 4.089);
    assert.equal(billions('vgg16'), 15.47);
    assert.equal(billions('mobilenet_v2'), 0.301);
    assert.equal(billions('squeezenet1_1'), 0.349);
    assert.equal(billions('convnext_tiny'), 4.456);
    assert.equal(billions('vit_b_16'), 17.564);
  });

  it('has nothing fixed where nothing is frozen', () => assert.equal(cost('resnet18').fixed, 0));

  it('has all but the head fixed where only the head trains', () => {
    const { root } = findModel('resnet18');
    const { total, fixed } = cost(
      'resnet18',
      root.children.map(([name]) => name).filter(name => name !== 'fc'),
    );
    assert.equal(total - fixed, 512 * 1000);
  });

  it('has the first six of ResNet18 fixed in case 2', () => {
    const { total, fixed } = cost('resnet18', ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2']);
    assert.equal((fixed / total).toFixed(3), '0.547');
  });

  it('has nothing fixed above a layer that trains', () => {
    assert.equal(cost('resnet18', ['layer2', 'layer3', 'layer4']).fixed, 0);
  });

  it('has only the first convolution fixed where frozen batch norm still varies', () => {
    assert.equal(cost('resnet18', ['conv1', 'bn1', 'layer1'], 'train').fixed, 64 * 112 * 112 * 3 * 49);
  });
});
