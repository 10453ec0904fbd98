import assert from 'node:assert/strict';
import { foldConvolutions } from '../../../src/core/engine/foldConvolutions';
import { findModel, modelNames } from '../../../src/core/model/catalog';
import { buildGraph } from '../../../src/core/model/graph';
import { planInference, planTraining } from '../../../src/core/model/trainingPlan';

describe('Convolutions are folded with what follows them', () => {
  function foldsOf(name: string, isFrozen?: (path: string) => boolean): readonly string[] {
    const graph = buildGraph(findModel(name).root);
    const plan = isFrozen ? planTraining(graph, isFrozen, 'eval') : planInference(graph);
    return foldConvolutions(graph, plan).map(({ nodes }) => nodes.map(node => graph[node]!.path).join(' '));
  }

  it('in ResNet, where a sum comes between batch norm and ReLU', () => {
    assert.deepEqual(foldsOf('resnet18').slice(0, 3), [
      'conv1 bn1 relu',
      'layer1.0.conv1 layer1.0.bn1 layer1.0.relu',
      'layer1.0.conv2 layer1.0.bn2',
    ]);
  });

  it('in VGG without batch norm, and in MobileNetV2', () => {
    assert.equal(foldsOf('vgg16')[0], 'features.0 features.1');
    assert.deepEqual(foldsOf('mobilenet_v2').slice(1, 3), [
      'features.1.conv.0.0 features.1.conv.0.1 features.1.conv.0.2',
      'features.1.conv.1 features.1.conv.2',
    ]);
  });

  it('only as far as nothing trains', () => {
    assert.deepEqual(
      foldsOf('resnet18', path => path === 'conv1'),
      ['conv1'],
    );
    assert.deepEqual(
      foldsOf('resnet18', () => false),
      [],
    );
  });

  it('and their values stay inside up to what adds, pads or trains', () => {
    const inside = (name: string, isFrozen: (path: string) => boolean): string => {
      const graph = buildGraph(findModel(name).root);
      const folds = foldConvolutions(graph, planTraining(graph, isFrozen, 'eval'));
      return folds
        .filter(fold => fold.staysInside)
        .map(({ path }) => path)
        .join(' ');
    };
    assert.equal(
      inside('vgg11', path => path.startsWith('features')),
      [0, 3, 6, 8, 11, 13, 16].map(index => `features.${index}`).join(' '),
    );
    assert.equal(
      inside('resnet18', path => /^(conv1|bn1|relu|maxpool|layer[12])/.test(path)),
      'layer1.0.conv1 layer1.1.conv1 layer2.0.conv1 layer2.1.conv1',
    );
  });

  it('each once, in every model', () => {
    for (const name of modelNames) {
      const graph = buildGraph(findModel(name).root);
      const nodes = foldConvolutions(graph, planInference(graph)).flatMap(fold => fold.nodes);
      assert.equal(new Set(nodes).size, nodes.length, name);
    }
  });
});
