import assert from 'node:assert/strict';
import { modelNames } from '../../../src/core/model/catalog';
import { checkRecipe } from '../../../src/core/recipe/checkRecipe';
import { fineTuneCases } from '../../../src/core/recipe/fourCases';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { freezeFor } from '../../../src/core/model/freezeFor';
import { modelChoices } from '../../../src/extension/recipe/modelChoices';
import { draftRecipe, recipeName } from '../../../src/core/recipe/recipeDraft';

const [allButHead, lowerHalf, scratch] = fineTuneCases;
const classes = [
  { name: 'healthy', images: 120 },
  { name: 'sick', images: 221 },
];

describe('a new recipe', () => {
  it('says why it freezes what it freezes', () =>
    assert.equal(
      draftRecipe({
        name: 'coccidia',
        folder: 'data/coccidia',
        classes,
        model: 'resnet18',
        fineTuneCase: lowerHalf!,
        freeze: freezeFor('resnet18', lowerHalf!),
      }),
      `{
  // Case 2: 341 pictures of 2 classes (healthy 120, sick 221). Edges and textures, which the lower layers
  // see, carry over; what the upper layers build from them does not. The lower half stays, the upper half
  // learns.
  "name": "coccidia",
  "data": { "folder": "data/coccidia" },
  "model": "resnet18",
  "weights": "imagenet",
  "classes": 2,
  "freeze": ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2"],
  "optimizer": { "type": "sgd", "lr": 0.001, "momentum": 0.9 },
  "scheduler": { "type": "step", "stepSize": 7, "gamma": 0.1 },
  "epochs": 25
}
`,
    ));

  it('is right for every model and every case', () => {
    for (const model of modelNames) {
      for (const fineTuneCase of fineTuneCases) {
        const freeze = freezeFor(model, fineTuneCase);
        const text = draftRecipe({ name: 'x', folder: '.', classes, model, fineTuneCase, freeze });
        assert.deepEqual(checkRecipe(text), []);
        assert.ok(
          text.split('\n').every(line => line.length <= 110),
          text,
        );
        const recipe = parseRecipe(text, { folder: '/recipes' });
        assert.deepEqual(
          [recipe.model, recipe.weights, recipe.freeze],
          [model, fineTuneCase.weights, freeze],
        );
      }
    }
  });

  it('trains from random weights in case 3', () => {
    assert.deepEqual(freezeFor('resnet18', scratch!), []);
    assert.equal(scratch!.weights, 'none');
  });

  it('names the columns of a file of labels', () => {
    const labels = { file: 'meta.csv', image: 'image_id', label: 'dx', group: 'lesion_id' };
    const text = draftRecipe({
      name: 'skin',
      folder: '.',
      labels,
      classes,
      model: 'vgg16',
      fineTuneCase: allButHead!,
      freeze: [],
    });
    assert.match(
      text,
      /"labels": \{ "file": "meta\.csv", "image": "image_id", "label": "dx", "group": "lesion_id" \}/,
    );
    assert.doesNotMatch(
      draftRecipe({
        name: 'x',
        folder: '.',
        labels: { ...labels, group: undefined },
        classes,
        model: 'vgg16',
        fineTuneCase: allButHead!,
        freeze: [],
      }),
      /group/,
    );
  });

  it('cannot be broken by the name of a class', () => {
    const odd = [
      { name: 'a\n"x": 1, //\u2028b */', images: 3 },
      { name: 'c"d\\', images: 1 },
    ];
    const text = draftRecipe({
      name: 'x',
      folder: 'a"\\b',
      classes: odd,
      model: 'vgg16',
      fineTuneCase: allButHead!,
      freeze: [],
    });
    assert.deepEqual(checkRecipe(text), []);
  });

  it('has a name that can be one of a file', () => {
    assert.equal(recipeName('cats & dogs'), 'cats & dogs');
    assert.equal(recipeName(' a/b:c? '), 'a-b-c-');
    assert.equal(recipeName('..'), 'recipe');
  });
});

describe('the models to choose from', () => {
  it('are all there are, with what they weigh', () => {
    const choices = modelChoices();
    assert.deepEqual(choices.map(({ name }) => name).sort(), [...modelNames].sort());
    const { parameters, bytes, cost } = choices.find(({ name }) => name === 'resnet18')!;
    assert.deepEqual([parameters, bytes, cost], [11_689_512, 46_758_048, 1_814_073_344]);
  });
});
