import assert from 'node:assert/strict';
import { checkRecipe } from '../../../src/core/recipe/checkRecipe';

/** What the editor underlines, with the field it is about. */
function underlined(text: string): [path: string, part: string][] {
  return checkRecipe(text).map(({ path, offset, length }) => [path, text.slice(offset, offset + length)]);
}

describe('checking a recipe in the editor', () => {
  const least = '"data": { "folder": "images" }, "model": "resnet18"';

  it('finds nothing in a recipe that is right', () => {
    assert.deepEqual(checkRecipe(`{ ${least}, "freeze": ["layer1"] }`), []);
  });

  it('underlines the value that is wrong', () => {
    assert.deepEqual(underlined(`{ ${least}, "epochs": 0, "optimizer": { "lr": "abc" }, "freeze": [7] }`), [
      ['epochs', '0'],
      ['optimizer.lr', '"abc"'],
      ['freeze[0]', '7'],
    ]);
  });

  it('underlines the name of a field that does not exist or belong', () => {
    assert.deepEqual(
      underlined(
        `{ ${least}, "epoch": 3, "optimizer": { "type": "adam", "momentum": 0.9 }, "seed": 1, "seed": 2 }`,
      ),
      [
        ['epoch', '"epoch"'],
        ['optimizer.momentum', '"momentum"'],
        ['seed', '"seed"'],
      ],
    );
  });

  it('underlines the brace of the object that lacks a field', () => {
    assert.deepEqual(underlined('{ "data": {}, "model": "vgg16" }'), [['data.folder', '{']]);
  });

  it('underlines a trailing comma', () => {
    assert.deepEqual(underlined(`{ ${least} , }`), [['', ',']]);
  });

  it('says one thing about a field', () => {
    assert.deepEqual(
      checkRecipe(`{ ${least}, "optimizer": { "type": "adm", "betas": [1] } }`).map(({ message }) => message),
      [
        'optimizer.type must be "sgd", "adam" or "adamw", not "adm"; did you mean "adam"?',
        'optimizer.betas must be a list of 2 numbers, such as [0.9,0.999], not [1]',
        'optimizer.betas[0] must be a number of at least 0 and less than 1, not 1',
      ],
    );
  });
});
