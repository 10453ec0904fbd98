import assert from 'node:assert/strict';
import { modelNames } from '../../../src/core/model/catalog';
import { composeCell } from '../../../src/core/notebook/composeCell';
import { proposeCells, type NotebookSketch } from '../../../src/core/notebook/proposeCells';
import { readThawDocument, writeThawDocument } from '../../../src/core/notebook/thawDocument';
import { fineTuneCases } from '../../../src/core/recipe/fourCases';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';

const sketch: NotebookSketch = {
  name: 'coccidia',
  folder: 'data/coccidia',
  classes: [
    { name: 'healthy', images: 120 },
    { name: 'sick', images: 221 },
  ],
  model: 'resnet18',
  fineTuneCase: fineTuneCases[1]!,
};
const weightsOf = (index: number): string => `.thaw/runs/${index}/best.safetensors`;

describe('a new notebook', () => {
  it('says what the data is, what to do, and what to compare it with', () => {
    const cells = proposeCells(sketch);
    assert.deepEqual(
      cells.map(({ kind }) => kind),
      ['markdown', 'recipe', 'markdown', 'recipe'],
    );
    assert.equal(
      cells[0]!.text,
      `# coccidia

341 pictures of 2 classes (healthy 120, sick 221). That is case 2 of four: few pictures, unlike ImageNet's.

## Train the upper half

Edges and textures, which the lower layers see, carry over; what the upper layers build from them does not. The lower half stays, the upper half learns.`,
    );
    assert.equal(
      cells[3]!.text,
      `{
  "name": "coccidia further",
  "extends": "coccidia",
  "weights": { "run": "coccidia" },
  "freeze": ["conv1", "bn1", "relu", "maxpool", "layer1"],
  "optimizer": { "lr": 0.0001 },
  "epochs": 10
}`,
    );
  });

  it('is right for every model and every case, and differs in its second recipe', () => {
    for (const model of modelNames) {
      for (const fineTuneCase of fineTuneCases) {
        const cells = proposeCells({ ...sketch, model, fineTuneCase });
        const [first, second] = [1, 3].map(index => {
          const { problems, runs } = composeCell(cells, index, { weightsOf });
          assert.deepEqual(problems, []);
          return parseRecipe(runs[0]!.text, { folder: '/notebooks' });
        });
        assert.equal(first!.weights, fineTuneCase.weights);
        assert.notDeepEqual([first!.weights, first!.freeze], [second!.weights, second!.freeze]);
        assert.deepEqual(second!.data, first!.data);
        assert.deepEqual(readThawDocument(writeThawDocument({ cells })), { cells });
      }
    }
  });

  it('begins with other weights in case 3, and freezes all but the last layer in case 4', () => {
    const [pretrained, lastLayer] = [2, 3].map(index => {
      const cells = proposeCells({ ...sketch, fineTuneCase: fineTuneCases[index]! });
      return composeCell(cells, 3, { weightsOf }).recipe!;
    });
    assert.equal(pretrained!.weights, 'imagenet');
    assert.deepEqual(lastLayer!.freeze, [
      ...['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2', 'layer3', 'layer4', 'avgpool'],
    ]);
  });

  it('cannot be broken by the name of a folder or a class', () => {
    const classes = [...sketch.classes, { name: '<img src=x>*\n# b', images: 3 }];
    const odd = { ...sketch, name: 'a<b>"#\n', classes };
    const cells = proposeCells(odd);
    assert.deepEqual(composeCell(cells, 3, { weightsOf }).problems, []);
    assert.match(cells[0]!.text, /\\<img src=x\\>\\\* \\# b 3\)/);
  });
});
