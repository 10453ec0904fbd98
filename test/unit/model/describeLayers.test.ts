import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { describeLayers, type LayerDescription } from '../../../src/core/model/describeLayers';
import { layersText } from '../../../src/core/model/layersText';
import { replaceHead } from '../../../src/core/model/replaceHead';

describe('describeLayers', () => {
  const describeResnet18 = (...freeze: string[]) =>
    describeLayers(replaceHead(findModel('resnet18'), 2), { freeze, imageSize: 224 });
  const find = (layers: readonly LayerDescription[], path: string): LayerDescription | undefined =>
    layers.map(layer => (layer.path === path ? layer : find(layer.children, path))).find(found => found);

  it('counts what trains: case 2 freezes the first six children', () => {
    const { model, parameters, trainable } = describeResnet18(
      ...['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2'],
    );
    assert.deepEqual([model, parameters, trainable], ['resnet18', 11_177_538, 10_494_466]);
  });

  it('gives a leaf as the contract has it', () => {
    assert.deepEqual(find(describeResnet18('conv1').children, 'conv1'), {
      path: 'conv1',
      type: 'Conv2d',
      parameters: 9408,
      frozen: true,
      outputShape: [64, 112, 112],
      children: [],
    });
  });

  it('counts a container and gives its last output', () => {
    const { children, ...block } = find(describeResnet18().children, 'layer2.0')!;
    assert.deepEqual(block, {
      path: 'layer2.0',
      type: 'BasicBlock',
      parameters: 230_144,
      frozen: false,
      outputShape: [128, 28, 28],
    });
    assert.deepEqual(
      children.map(({ path }) => path),
      ['conv1', 'bn1', 'relu', 'conv2', 'bn2', 'downsample'].map(name => `layer2.0.${name}`),
    );
  });

  it('calls a container frozen when all below it are', () => {
    const { children } = describeResnet18('layer1.0', 'layer1.1', 'layer2.0', 'relu');
    const frozen = ['layer1', 'layer2', 'layer2.0', 'layer2.1', 'relu'].filter(
      path => find(children, path)!.frozen,
    );
    assert.deepEqual(frozen, ['layer1', 'layer2.0', 'relu']);
  });

  it('is written as aligned columns', () => {
    const lines = layersText(describeResnet18('conv1', 'bn1')).split('\n');
    assert.deepEqual(
      [...lines.slice(0, 8), ...lines.slice(-3)],
      [
        'resnet18',
        'layer                        type               output          parameters',
        'conv1                        Conv2d             64 x 112 x 112       9,408  frozen',
        'bn1                          BatchNorm2d        64 x 112 x 112         128  frozen',
        'relu                         ReLU               64 x 112 x 112           -',
        'maxpool                      MaxPool2d          64 x 56 x 56             -',
        'layer1                       Sequential         64 x 56 x 56       147,968',
        '  layer1.0                   BasicBlock         64 x 56 x 56        73,984',
        'fc                           Linear             2                    1,026',
        '',
        '11,168,002 of 11,177,538 parameters train (99.9 %)',
      ],
    );
  });
});
