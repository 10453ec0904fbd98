import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { buildGraph } from '../../../src/core/model/graph';
import { firstStepOf, planStages } from '../../../src/core/model/stagePlans';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import type { Recipe } from '../../../src/core/recipe/recipe';

const frozen = ['conv1', 'bn1', 'layer1', 'layer2', 'layer3', 'layer4'];

function recipe(unfreeze: readonly object[], fields: object = {}): Recipe {
  const text = { data: { folder: 'd' }, model: 'resnet18', freeze: frozen, epochs: 10, unfreeze, ...fields };
  return parseRecipe(JSON.stringify(text), { folder: '/' });
}

describe('the stages of a recipe', () => {
  it('are one where it unfreezes nothing', () => {
    const [only, ...others] = planStages(
      parseRecipe('{ "data": { "folder": "d" }, "model": "resnet18" }', { folder: '/' }),
    );
    assert.deepEqual([only!.epoch, only!.lr, others], [0, 0.001, []]);
  });

  it('train more and more, each at its rate or that of the stage before', () => {
    const stages = planStages(
      recipe([{ epoch: 3, freeze: ['conv1', 'bn1', 'layer1'], lr: 0.0001 }, { epoch: 6 }]),
    );
    const trains = stages.map(({ plan }) => plan.trainable.filter(Boolean).length);
    assert.deepEqual(
      [...trains].sort((a, b) => a - b),
      trains,
    );
    assert.equal(new Set(trains).size, 3);
    assert.deepEqual(
      stages.map(({ epoch, lr }) => [epoch, lr]),
      [
        [0, 0.001],
        [3, 0.0001],
        [6, 0.0001],
      ],
    );
    assert.ok(stages[0]!.plan.prefix.length > stages[1]!.plan.prefix.length);
  });

  for (const [what, unfreeze, said] of [
    [
      'an epoch that is never reached',
      [{ epoch: 10 }],
      /^unfreeze\[0\]\.epoch: epoch 10 is never reached: of 10 epochs the last is 9\.$/,
    ],
    [
      'stages out of order',
      [{ epoch: 4, freeze: ['conv1'] }, { epoch: 4 }],
      /^unfreeze\[1\]\.epoch: epoch 4 must come after epoch 4, with which the stage before begins\.$/,
    ],
    [
      'a layer that the model lacks',
      [{ epoch: 4, freeze: ['layer11'] }],
      /^unfreeze\[0\]\.freeze: the model has no layer "layer11"; did you mean "layer1"\?$/,
    ],
    [
      'a layer that has trained',
      [{ epoch: 4, freeze: ['conv1', 'fc'] }],
      /^unfreeze\[0\]\.freeze: "fc" has trained before and is not frozen again; leave it out\.$/,
    ],
    [
      'a stage that unfreezes nothing',
      [{ epoch: 4, freeze: frozen }],
      /^unfreeze\[0\]\.freeze: nothing more trains than before/,
    ],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(() => planStages(recipe(unfreeze)), { name: 'UserError', message: said });
    });
  }

  it('tell before which step each parameter begins', () => {
    const stages = planStages(recipe([{ epoch: 3, freeze: ['conv1', 'bn1', 'layer1'] }]));
    const graph = buildGraph(findModel('resnet18').root);
    const first = firstStepOf(graph, stages, 7);
    assert.deepEqual(['fc.bias', 'layer4.1.conv2.weight'].map(first), [0, 21]);
  });
});
