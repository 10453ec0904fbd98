import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { buildGraph } from '../../../src/core/model/graph';
import { inferShapes } from '../../../src/core/model/shapes';
import { UserError } from '../../../src/core/userError';

describe('inferShapes', () => {
  const infer = (model: string, height: number, width = height) => {
    const graph = buildGraph(findModel(model).root);
    const shapes = inferShapes(graph, [3, height, width]);
    return (path: string) => shapes[graph.findLastIndex(node => node.path === path)];
  };

  it('rounds as PyTorch does for odd sizes', () => {
    const shapeOf = infer('resnet18', 97, 64);
    assert.deepEqual(shapeOf('conv1'), [64, 49, 32]);
    assert.deepEqual(shapeOf('maxpool'), [64, 25, 16]);
    assert.deepEqual(shapeOf('layer4.1.relu'), [512, 4, 2]);
    assert.deepEqual(shapeOf('fc'), [1000]);
  });

  it('rounds up where the pool does', () => {
    const shapeOf = infer('squeezenet1_1', 200);
    assert.deepEqual(shapeOf('features.0'), [64, 99, 99]);
    assert.deepEqual(shapeOf('features.8'), [256, 12, 12]);
  });

  it('pads as TensorFlow where the padding is "same"', () => {
    assert.deepEqual(infer('efficientnet_lite0', 97)('_conv_stem'), [32, 49, 49]);
  });

  for (const [model, smallest] of [
    ['vgg16', 32],
    ['squeezenet1_1', 17],
  ] as const) {
    it(`says that ${model} needs ${smallest} pixels`, () => {
      assert.equal(infer(model, smallest)(findModel(model).head)?.[0], 1000);
      assert.throws(
        () => infer(model, smallest - 1),
        new UserError(
          `Images of ${smallest - 1} x ${smallest - 1} pixels are too small for this model; ${smallest} is the smallest size that works.`,
        ),
      );
    });
  }
});
