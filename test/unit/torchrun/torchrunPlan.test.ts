import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { resolveFreeze } from '../../../src/core/model/freezeSet';
import { buildGraph } from '../../../src/core/model/graph';
import { preprocessingFor } from '../../../src/core/model/model';
import { replaceHead } from '../../../src/core/model/replaceHead';
import { planTraining } from '../../../src/core/model/trainingPlan';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { torchrunPlan, type TorchrunPlan } from '../../../src/core/torchrun/torchrunPlan';

describe('the plan for the processes of torchrun', () => {
  /** The plan of a machine that has the pictures in `folder`, and leads unless told otherwise. */
  function planOf(set: readonly string[] = [], folder = '/pictures', leads = true): TorchrunPlan {
    const text = JSON.stringify({ data: { folder }, model: 'resnet18', freeze: ['conv1', 'bn1'] });
    const recipe = parseRecipe(text, { folder: '/', set });
    const sample = (image: string, label: number) => ({ file: `${folder}/${image}`, image, label });
    const dataset = {
      classes: ['blue', 'red'],
      train: [sample('blue/0.png', 0), sample('red/0.png', 1)],
      test: [sample('red/1.png', 1)],
      ...{ skipped: [], notes: [] },
    };
    const model = replaceHead(findModel('resnet18'), 2);
    const graph = buildGraph(model.root);
    const { isFrozen } = resolveFreeze(model.root, recipe.freeze);
    const plan = planTraining(graph, isFrozen, recipe.frozenBatchNorm);
    const preprocessing = preprocessingFor(model, recipe.imageSize);
    const run = {
      ...{ recipe, dataset, classes: dataset.classes, model, graph, shapes: [], plan, preprocessing },
      ...{ weightsSource: { seed: 0 }, classWeights: undefined },
    };
    return torchrunPlan(run, leads ? { folder: '/run', weights: '/run/start.safetensors' } : undefined);
  }

  it('has pictures, layers and learning rates settled', () => {
    const plan = planOf(['epochs=3', 'scheduler={"type":"step","stepSize":2,"gamma":0.5}']);
    assert.deepEqual(plan.train, {
      files: ['/pictures/blue/0.png', '/pictures/red/0.png'],
      images: ['blue/0.png', 'red/0.png'],
      labels: [0, 1],
    });
    assert.deepEqual(plan.learningRates, [0.001, 0.001, 0.0005]);
    assert.deepEqual(plan.preprocessing.resize, 256);
    const [conv1, bn1] = plan.layers;
    assert.deepEqual(conv1, { path: 'conv1', frozen: true, parameters: 9408, keys: ['conv1.weight'] });
    assert.equal(bn1!.keys.length, 5);
    assert.deepEqual(plan.layers.at(-1), {
      ...{ path: 'fc', frozen: false, parameters: 1026, keys: ['fc.weight', 'fc.bias'] },
    });
  });

  it('has what the loss weighs, and null where nothing is said', () => {
    assert.deepEqual(
      [planOf().classWeights, planOf().labelSmoothing, planOf().sampling],
      [null, 0, 'shuffle'],
    );
    const further = planOf(['labelSmoothing=0.1', 'sampling=weighted']);
    assert.deepEqual([further.labelSmoothing, further.sampling], [0.1, 'weighted']);
  });

  it('has no folder on machines that help, and the digest of the one that leads wherever the pictures are', () => {
    const helping = planOf([], '/elsewhere', false);
    assert.deepEqual([helping.folder, helping.weights], [null, null]);
    assert.equal(helping.digest, planOf().digest);
    assert.notEqual(planOf(['seed=1']).digest, planOf().digest);
  });

  it('uses crops in turn where the other engines would keep them', () => {
    const kept = ['augment=crop-flip', 'cachedViews=4'];
    assert.equal(planOf(kept).cachedViews, 4);
    assert.equal(planOf([...kept, 'frozenBatchNorm=train']).cachedViews, null);
    assert.equal(planOf([...kept, 'freeze=[]']).cachedViews, null);
    assert.equal(planOf(['cachedViews=4']).cachedViews, null);
  });
});
