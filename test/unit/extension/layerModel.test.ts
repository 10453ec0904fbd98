import assert from 'node:assert/strict';
import { modelNames } from '../../../src/core/model/catalog';
import { layerFields } from '../../../src/core/recipe/layerFields';
import type { JsonObject } from '../../../src/core/recipe/recipeText';
import { buildLayerModel, type LayerModel } from '../../../src/extension/layers/layerModel';
import { rowSpeech, rowText, summaryText, titleText } from '../../../src/extension/layers/layerText';
import { freezeWords, layerWords } from '../../../src/extension/layers/layerWords';

function layersOf(recipe: JsonObject, dataClasses?: number): LayerModel {
  const model = buildLayerModel(layerFields({ model: 'resnet18', ...recipe }), dataClasses);
  assert.ok(model);
  return model;
}
const nodeAt = (model: LayerModel, path: string) => model.byPath.get(path)!;

describe('the rows of the Layers view', () => {
  const rows = (recipe: JsonObject, ...paths: string[]) =>
    paths.map(path => {
      const node = nodeAt(layersOf(recipe), path);
      return `${node.state}: ${rowText(node)}`;
    });

  it('tell type, output shape and parameters', () =>
    assert.deepEqual(rows({ freeze: ['conv1'] }, 'conv1', 'relu', 'layer1.0.conv1'), [
      'frozen: Conv2d · 64×112×112 · 9,408',
      'trainable: ReLU · 64×112×112',
      'trainable: Conv2d · 64×56×56 · 36,864',
    ]));

  it('count the children of a parent that is frozen in part', () =>
    assert.deepEqual(rows({ freeze: ['layer1.0.conv1', 'layer1.0.bn1', 'layer2.0'] }, 'layer1.0', 'layer2'), [
      'mixed: 2 of 5 frozen · BasicBlock · 64×56×56 · 73,984',
      'mixed: 1 of 2 frozen · Sequential · 128×28×28 · 525,568',
    ]));

  it('count the layers below where a child is itself frozen in part', () =>
    assert.deepEqual(rows({ freeze: ['layer1.0.conv1'] }, 'layer1'), [
      'mixed: 1 of 10 frozen · Sequential · 64×56×56 · 147,968',
    ]));

  it('are those of a size that the model takes, where the recipe asks for another', () =>
    assert.deepEqual(rows({ model: 'vit_b_16', imageSize: 160 }, 'conv_proj'), [
      'trainable: Conv2d · 768×14×14 · 590,592',
    ]));

  it('tell until when they are frozen', () =>
    assert.deepEqual(
      rows(
        {
          freeze: ['conv1', 'bn1', 'layer1', 'layer2'],
          unfreeze: [
            { epoch: 3, freeze: ['conv1', 'bn1', 'layer1'] },
            { epoch: 6, freeze: ['conv1', 'layer1.0'] },
          ],
        },
        ...['conv1', 'layer2', 'layer1', 'layer1.1', 'fc'],
      ),
      [
        'frozen: Conv2d · 64×112×112 · 9,408',
        'frozen: frozen until epoch 3 · Sequential · 128×28×28 · 525,568',
        'frozen: Sequential · 64×56×56 · 147,968',
        'frozen: frozen until epoch 6 · BasicBlock · 64×56×56 · 73,984',
        'trainable: head · Linear · 1000 · 513,000',
      ],
    ));

  it('are frozen where all below them is', () =>
    assert.deepEqual(rows({ freeze: ['layer1.0', 'layer1.1'] }, 'layer1', 'layer1.0.bn2'), [
      'frozen: Sequential · 64×56×56 · 147,968',
      'frozen: BatchNorm2d · 64×56×56 · 128',
    ]));

  it('say the same to those who listen', () => {
    const model = layersOf({ classes: 2, freeze: ['layer1.0.conv1', 'relu'] });
    assert.deepEqual(
      ['fc', 'layer1.0', 'relu'].map(path => rowSpeech(nodeAt(model, path))),
      [
        'fc, the head, trainable, Linear, output 2, 1,026 parameters',
        'layer1.0, partly frozen, 1 of 5, BasicBlock, output 64 by 56 by 56, 73,984 parameters',
        'relu, frozen, ReLU, output 64 by 112 by 112, no parameters',
      ],
    );
  });

  it("give the head the recipe's classes, else the data's, else those of the published weights", () => {
    assert.equal(nodeAt(layersOf({ classes: 2 }, 7), 'fc').outputShape[0], 2);
    assert.equal(nodeAt(layersOf({}, 7), 'fc').outputShape[0], 7);
    assert.equal(nodeAt(layersOf({}), 'fc').outputShape[0], 1000);
  });

  it('do not mind a layer that the model lacks', () =>
    assert.deepEqual(rows({ freeze: ['conv1', 'layr1'] }, 'conv1', 'layer1'), [
      'frozen: Conv2d · 64×112×112 · 9,408',
      'trainable: Sequential · 64×56×56 · 147,968',
    ]));

  it('are not there for a model that is not', () => {
    assert.equal(buildLayerModel(layerFields({ model: 'resnet19' }), 2), undefined);
    assert.equal(buildLayerModel(layerFields({}), 2), undefined);
  });

  for (const name of modelNames) {
    it(`have words, parents and one head in ${name}`, () => {
      const model = layersOf({ model: name });
      const nodes = [...model.byPath.values()];
      assert.deepEqual(
        nodes.filter(({ isHead }) => isHead).map(({ path }) => path),
        [model.head],
      );
      for (const node of nodes) {
        assert.match(layerWords(node.layer), /^[A-Z0-9].*\.$/);
        assert.match(freezeWords(node.layer, 'eval'), /^[A-Z].*\.$/);
        assert.equal(node.path, node.parent ? `${node.parent.path}.${node.name}` : node.name);
        for (const child of node.children) assert.equal(child.parent, node);
      }
    });
  }
});

describe('the head of the Layers view', () => {
  const lowerHalf = ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2'];

  it('tells what trains and what is cached', () => {
    const model = layersOf({ classes: 2, freeze: lowerHalf });
    assert.equal(titleText(model), '10.5 of 11.2 M train · 55 % cached · resnet18');
    assert.equal(
      summaryText(model),
      '10,494,466 of 11,177,538 parameters train (94 %). 55 % of the forward pass is frozen from the first layer on: computed once and cached.',
    );
  });

  it('promises no cache where nothing is frozen, or crops differ', () => {
    assert.equal(titleText(layersOf({ classes: 2 })), '11.2 of 11.2 M train · resnet18');
    assert.match(
      summaryText(layersOf({ classes: 2 })),
      /train \(100 %\)\. All of the forward pass is computed/,
    );
    const crops = layersOf({ classes: 2, freeze: lowerHalf, augment: 'crop-flip' });
    assert.equal(titleText(crops), '10.5 of 11.2 M train · resnet18');
    assert.match(summaryText(crops), /but computed in every epoch: training shows new crops/);
    const kept = layersOf({ classes: 2, freeze: lowerHalf, augment: 'crop-flip', cachedViews: 4 });
    assert.match(summaryText(kept), /computed once and cached/);
  });

  it('does not round a little to nothing', () => {
    const freeze = [...lowerHalf, 'layer3', 'layer4', 'avgpool'];
    const head = layersOf({ classes: 2, freeze });
    assert.equal(titleText(head), '0.001 of 11.2 M train · more than 99.9 % cached · resnet18');
    assert.match(summaryText(head), /^1,026 of 11,177,538 parameters train \(less than 0\.1 %\)/);
  });
});
