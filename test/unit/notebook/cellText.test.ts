import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { cellFromRecipe, recipeFromCell, type Move } from '../../../src/core/notebook/cellText';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';

const project = resolve('/project');
const recipes = resolve('/project/recipes');
const notebooks = resolve('/project/notebooks/flowers');
const there: Move = { from: recipes, to: notebooks };
const back: Move = { from: notebooks, to: recipes };

const RECIPE = `{
  // Few pictures.
  "data": { "folder": "../data/flowers", "labels": { "file": "labels.csv", "image": "i", "label": "l" } }, // paths
  "model": "resnet18",
  "weights": "start/best.safetensors"
}
`;

describe('a recipe file as a cell', () => {
  it('has its name, its comments, and paths from the notebook', () =>
    assert.equal(
      cellFromRecipe(RECIPE, { ...there, name: 'flowers' }),
      `{
  "name": "flowers",
  // Few pictures.
  "data": { "folder": "../../data/flowers", "labels": { "file": "../../recipes/labels.csv", "image": "i", "label": "l" } }, // paths
  "model": "resnet18",
  "weights": "../../recipes/start/best.safetensors"
}
`,
    ));

  it('says the same, and the same again when it is made a recipe file', () => {
    const before = parseRecipe(RECIPE, { folder: recipes, file: 'flowers.thaw.json' });
    const cell = cellFromRecipe(RECIPE, { ...there, name: 'flowers' });
    assert.deepEqual(parseRecipe(cell, { folder: notebooks }), before);
    const file = recipeFromCell(cell, back);
    assert.deepEqual(parseRecipe(file, { folder: recipes }), before);
    assert.equal(file, RECIPE.replace('{\n', '{\n  "name": "flowers",\n'));
  });

  it('is the same text where it has a name and lies beside the notebook', () => {
    const text = '{ "name": "a", "data": { "folder": "./d/" }, "model": "vgg16" } // x';
    assert.equal(cellFromRecipe(text, { from: project, to: project, name: 'b' }), text);
  });

  it('keeps absolute paths and what is no path', () => {
    const text = `{ "name": "a", "data": { "folder": ${JSON.stringify(project)} }, "model": "vgg16", "weights": "none" }`;
    assert.equal(cellFromRecipe(text, { ...there, name: 'b' }), text);
  });

  it('may lie in the folder of its pictures', () => {
    const text = '{ "name": "a", "data": { "folder": "../notebooks/flowers" }, "model": "vgg16" }';
    assert.equal(cellFromRecipe(text, { ...there, name: 'b' }), text.replace('../notebooks/flowers', '.'));
  });

  it('has a name that a recipe may have', () =>
    assert.match(
      cellFromRecipe('{ "data": { "folder": "d" }, "model": "vgg16" }', { ...there, name: ' a:b. ' }),
      /"name": "a-b"/,
    ));

  it('is not made of what cannot be read', () =>
    assert.throws(() => cellFromRecipe('{ "name": ', { ...there, name: 'b' }), {
      name: 'UserError',
      message: /^The recipe cannot be changed before line 1 is mended: /,
    }));
});
