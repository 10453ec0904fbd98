import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { buildGraph } from '../../../src/core/model/graph';
import { engineShapes, inferShapes } from '../../../src/core/model/shapes';
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

  for (const size of [223, 240]) {
    it(`says that vit_b_16 takes no ${size} pixels`, () =>
      assert.throws(
        () => infer('vit_b_16', size),
        new UserError(
          `Images of ${size} x ${size} pixels do not fit this model, which takes 224 x 224 alone: its parameters belong to places.`,
        ),
      ));
  }
});

describe('engineShapes', () => {
  const infer = (model: string, path: string) => {
    const graph = buildGraph(findModel(model).root);
    const laidOut = engineShapes(graph, inferShapes(graph, [3, 224, 224]));
    return laidOut[graph.findLastIndex(node => node.path === path)];
  };

  it('have the channels of images last, which they are already where PyTorch permutes them', () => {
    assert.deepEqual(infer('convnext_tiny', 'features.3.0.block.0'), [28, 28, 192]);
    assert.deepEqual(infer('convnext_tiny', 'features.3.0.block.3'), [28, 28, 768]);
    assert.deepEqual(infer('convnext_tiny', 'features.3.0.block.6'), [28, 28, 192]);
  });

  it('leave tokens and features as they are', () => {
    assert.deepEqual(infer('vit_b_16', 'encoder.ln'), [197, 768]);
    assert.deepEqual(infer('vit_b_16', 'heads.head'), [1000]);
  });
});
