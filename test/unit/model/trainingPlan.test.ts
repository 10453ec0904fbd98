import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { resolveFreeze } from '../../../src/core/model/freezeSet';
import { buildGraph, INPUT } from '../../../src/core/model/graph';
import { planInference, planTraining } from '../../../src/core/model/trainingPlan';

describe('planTraining', () => {
  function plan(model: string, freeze: readonly string[], frozenBatchNorm: 'eval' | 'train' = 'eval') {
    const { root } = findModel(model);
    const graph = buildGraph(root);
    const found = planTraining(graph, resolveFreeze(root, freeze).isFrozen, frozenBatchNorm);
    const at = (i: number) => (i === INPUT ? 'input' : `${graph[i]!.path}:${graph[i]!.operation.type}`);
    return {
      boundary: found.boundary.map(at),
      trainable: graph.filter((_, i) => found.trainable[i]).map(node => node.path),
      gradients: graph.filter((_, i) => found.needsGradient[i]).map(node => node.path),
      prefix: found.prefix.length,
      suffix: found.suffix.length,
    };
  }
  const vggAllButHead = ['features', 'avgpool', ...[0, 1, 2, 3, 4, 5].map(i => `classifier.${i}`)];
  const resnetFirstSix = ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2'];

  it('case 1: VGG16 with all frozen but its head is cut right before the head', () => {
    const { boundary, trainable, suffix } = plan('vgg16', vggAllButHead);
    assert.deepEqual(boundary, ['classifier.5:Dropout']);
    assert.deepEqual(trainable, ['classifier.6']);
    assert.equal(suffix, 1);
  });

  it('dropout that is not frozen draws anew each time, so the cut lies before it', () => {
    const { boundary } = plan('vgg16', vggAllButHead.slice(0, -1));
    assert.deepEqual(boundary, ['classifier.4:ReLU']);
  });

  it('case 2: ResNet18 with its first six children frozen is cut at the end of layer2', () => {
    const { boundary, trainable } = plan('resnet18', resnetFirstSix);
    assert.deepEqual(boundary, ['layer2.1.relu:ReLU']);
    assert.equal(trainable[0], 'layer3.0.conv1');
    assert.equal(trainable.at(-1), 'fc');
  });

  it('cases 3 and 4: with nothing frozen nothing is cut', () => {
    const { boundary, prefix, gradients, suffix } = plan('resnet18', []);
    assert.deepEqual(boundary, ['input']);
    assert.equal(prefix, 0);
    assert.equal(gradients.length, suffix);
  });

  it('inside a residual block both ways into the trainable part are kept', () => {
    const freeze = [...resnetFirstSix, 'layer3.0', 'layer3.1.conv1', 'layer3.1.bn1', 'layer3.1.relu'];
    const { boundary } = plan('resnet18', freeze);
    assert.deepEqual(boundary, ['layer3.0.relu:ReLU', 'layer3.1.relu:ReLU']);
  });

  it('a pooling that is not frozen still belongs to the prefix: it draws nothing', () => {
    assert.deepEqual(plan('resnet18', ['conv1', 'bn1']).boundary, ['maxpool:MaxPool2d']);
  });

  it('frozenBatchNorm train makes the first batch norm vary, so the cut lies before it', () => {
    assert.deepEqual(plan('resnet18', resnetFirstSix, 'train').boundary, ['conv1:Conv2d']);
  });

  it('a gradient flows through a frozen layer above a trainable one', () => {
    const { gradients, trainable } = plan('resnet18', ['conv1', 'bn1', 'layer2', 'layer3', 'layer4']);
    assert.ok(gradients.includes('layer4.1.conv2'));
    assert.ok(!trainable.includes('layer4.1.conv2'));
    assert.ok(!gradients.includes('conv1'));
  });

  it('stochastic depth of a frozen block is off', () => {
    const allButHead = ['_conv_stem', '_bn0', '_blocks', '_conv_head', '_bn1', '_avg_pooling', '_dropout'];
    assert.equal(plan('efficientnet_lite0', allButHead).suffix, 1);
  });
});

describe('planInference', () => {
  it('is all prefix, with the logits at its end', () => {
    const graph = buildGraph(findModel('squeezenet1_1').root);
    const { boundary, suffix, prefix } = planInference(graph);
    assert.deepEqual([boundary, suffix, prefix.length], [[graph.length - 1], [], graph.length]);
  });
});
