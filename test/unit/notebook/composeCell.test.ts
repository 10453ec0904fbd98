import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import type { CellText } from '../../../src/core/notebook/cellNames';
import { composeCell, refusalOf, type ComposedCell } from '../../../src/core/notebook/composeCell';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import type { Recipe } from '../../../src/core/recipe/recipe';
import { UserError } from '../../../src/core/userError';

const FOLDER = resolve('/notebooks');
const BASE = `{
  // The first.
  "name": "case 1",
  "data": { "folder": "images", "test": 0.25 },
  "model": "resnet18",
  "freeze": ["conv1", "layer1"],
  "optimizer": { "type": "sgd", "lr": 0.01, "momentum": 0.8 },
  "scheduler": { "stepSize": 3 },
  "epochs": 4
}
`;
const markdown: CellText = { kind: 'markdown', text: '# "name": "case 1"' };
const recipe = (text: string): CellText => ({ kind: 'recipe', text });
const weightsOf = (index: number): string => `.thaw/runs/of-${index}/best.safetensors`;

/** The last of some cells. */
function compose(...texts: readonly string[]): ComposedCell {
  return composeCell(texts.map(recipe), texts.length - 1, { weightsOf });
}

function parsed(cell: ComposedCell): readonly Recipe[] {
  assert.deepEqual(cell.problems, []);
  return cell.runs.map(({ text }) => parseRecipe(text, { folder: FOLDER }));
}

describe('a cell that stands for itself', () => {
  it('is its own text, comments and all', () => {
    const { name, runs, problems } = compose(BASE);
    assert.deepEqual([name, problems], ['case 1', []]);
    assert.deepEqual(runs, [{ name: 'case 1', variant: undefined, text: BASE }]);
  });

  it('is named by its place among the recipes where it has no name', () => {
    const cells = [
      markdown,
      recipe(BASE),
      markdown,
      recipe('{ "data": { "folder": "d" }, "model": "vgg16" } // x'),
    ];
    const { name, runs } = composeCell(cells, 3, { weightsOf });
    assert.equal(name, 'cell 2');
    assert.equal(runs[0]!.text, '{ "name": "cell 2", "data": { "folder": "d" }, "model": "vgg16" } // x');
  });

  it('is asked for only where there is a recipe', () =>
    assert.throws(() => composeCell([markdown], 0, { weightsOf }), new Error('Cell 0 is no recipe')));
});

describe('a cell that extends another', () => {
  const changes: readonly (readonly [
    what: string,
    text: string,
    differs: (base: Recipe) => Partial<Recipe>,
  ])[] = [
    ['has all of it', '', () => ({})],
    ['replaces what is no object', ', "epochs": 9, "freeze": []', () => ({ epochs: 9, freeze: [] })],
    [
      'merges objects field by field',
      ', "data": { "test": 0.5 }, "optimizer": { "lr": 0.1 }',
      ({ data, optimizer }) => ({ data: { ...data, test: 0.5 }, optimizer: { ...optimizer, lr: 0.1 } }),
    ],
    [
      'keeps the fields of an optimizer whose type stays',
      ', "optimizer": { "type": "sgd", "weightDecay": 0.1 }',
      () => ({ optimizer: { type: 'sgd', lr: 0.01, momentum: 0.8, weightDecay: 0.1 } }),
    ],
    [
      'drops those of one whose type changes',
      ', "optimizer": { "type": "adamw" }',
      () => ({
        optimizer: { type: 'adamw', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
      }),
    ],
    [
      'knows the type of a scheduler that does not say it',
      ', "scheduler": { "type": "step", "gamma": 0.5 }',
      () => ({ scheduler: { type: 'step', stepSize: 3, gamma: 0.5, warmupEpochs: 0 } }),
    ],
    [
      'takes back a field with null',
      ', "epochs": null, "data": { "test": null }',
      ({ data }) => ({ epochs: 25, data: { ...data, test: 0.2 } }),
    ],
    [
      'takes back what is in an object of another type',
      ', "optimizer": { "type": "adamw", "lr": null }',
      () => ({
        optimizer: { type: 'adamw', lr: 0.001, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.01 },
      }),
    ],
    [
      'drops those of a scheduler too',
      ', "scheduler": { "type": "cosine" }',
      () => ({ scheduler: { type: 'cosine', warmupEpochs: 0 } }),
    ],
  ];
  for (const [what, text, differs] of changes) {
    it(what, () => {
      const [base] = parsed(compose(BASE));
      const [recipe] = parsed(compose(BASE, `{ "extends": "case 1"${text} }`));
      assert.deepEqual(recipe, { ...base!, name: 'cell 2', ...differs(base!) });
    });
  }

  it('is written whole, in the order of the schema', () =>
    assert.equal(
      compose(BASE, '{ "epochs": 1, "extends": "case 1", "name": "short" }').runs[0]!.text,
      `{
  "name": "short",
  "data": { "folder": "images", "test": 0.25 },
  "model": "resnet18",
  "freeze": ["conv1", "layer1"],
  "optimizer": { "type": "sgd", "lr": 0.01, "momentum": 0.8 },
  "scheduler": { "stepSize": 3 },
  "epochs": 1
}
`,
    ));

  it('may extend one that extends', () => {
    const [recipe] = parsed(
      compose(BASE, '{ "name": "b", "extends": "case 1", "epochs": 5 }', '{ "extends": "b", "seed": 7 }'),
    );
    assert.deepEqual([recipe!.epochs, recipe!.seed, recipe!.model], [5, 7, 'resnet18']);
  });

  it('takes neither the name nor the sweep of the other', () => {
    const swept = BASE.replace('"epochs": 4', '"epochs": 4, "sweep": { "seed": [1, 2] }');
    const cell = compose(swept, '{ "extends": "case 1" }');
    assert.deepEqual([cell.name, cell.runs.length, cell.recipe!.seed], ['cell 2', 1, undefined]);
  });

  it('is told what it lacks where it takes back what must be there', () => {
    const cell = compose(BASE, '{ "extends": "case 1", "model": null }');
    assert.match(cell.problems[0]!.message, /model/);
    assert.equal(cell.runs.length, 0);
  });

  it('gains no fields from a prototype', () => {
    const cell = compose(BASE, '{ "extends": "case 1", "__proto__": { "epochs": 9 } }');
    assert.match(cell.problems[0]!.message, /^__proto__ is not a field of a recipe/);
    assert.equal('epochs' in {}, false);
  });
});

describe('null in a cell that extends none', () => {
  it('is refused as any wrong value', () =>
    assert.match(
      compose(BASE.replace('"epochs": 4', '"epochs": null')).problems[0]!.message,
      /epochs must be .*null/,
    ));
});

describe('a cell that begins with the weights of another', () => {
  it('names the file that is given for it', () => {
    const cell = compose(BASE, '{ "extends": "case 1", "weights": { "run": "case 1" }, "freeze": [] }');
    const [recipe] = parsed(cell);
    assert.equal(recipe!.weights, resolve(FOLDER, '.thaw/runs/of-0/best.safetensors'));
    assert.deepEqual(cell.recipe!.weights, Object.assign(Object.create(null), { run: 'case 1' }));
  });

  it('passes that on to a cell that extends it', () => {
    const [recipe] = parsed(
      compose(
        BASE,
        '{ "name": "b", "extends": "case 1", "weights": { "run": "case 1" } }',
        '{ "extends": "b" }',
      ),
    );
    assert.equal(recipe!.weights, resolve(FOLDER, '.thaw/runs/of-0/best.safetensors'));
  });

  it('waits for a run of that cell, which is no error while it is written', () => {
    const text = '{ "extends": "case 1", "weights": { "run": "case 1" } }';
    const cell = composeCell([recipe(BASE), recipe(text)], 1, { weightsOf: () => undefined });
    assert.deepEqual(cell.problems, [
      {
        path: 'weights.run',
        message: '"case 1" has no finished run yet; run that cell first',
        offset: text.lastIndexOf('"case 1"'),
        length: 8,
        severity: 'warning',
      },
    ]);
    assert.deepEqual(cell.runs, []);
    assert.equal(cell.recipe!.model, 'resnet18');
    assert.deepEqual(
      refusalOf(cell, text),
      new UserError('The cell "cell 2" is not right: "case 1" has no finished run yet; run that cell first'),
    );
  });
});

describe('a sweep', () => {
  it('is every combination, the last field varying fastest', () => {
    const cell = compose(
      BASE,
      '{ "name": "s", "extends": "case 1", "sweep": { "optimizer.lr": [0.1, 0.2], "batchSize": [8, 16] } }',
    );
    const recipes = parsed(cell);
    assert.deepEqual(
      cell.runs.map(({ variant }) => variant),
      [
        'optimizer.lr = 0.1, batchSize = 8',
        'optimizer.lr = 0.1, batchSize = 16',
        'optimizer.lr = 0.2, batchSize = 8',
        'optimizer.lr = 0.2, batchSize = 16',
      ],
    );
    assert.deepEqual(
      recipes.map(({ optimizer, batchSize }) => [optimizer.lr, batchSize]),
      [
        [0.1, 8],
        [0.1, 16],
        [0.2, 8],
        [0.2, 16],
      ],
    );
    assert.deepEqual(
      recipes.map(({ optimizer }) => optimizer.type === 'sgd' && optimizer.momentum),
      [0.8, 0.8, 0.8, 0.8],
    );
    assert.equal(recipes[0]!.name, 's (optimizer.lr = 0.1, batchSize = 8)');
    assert.equal(cell.recipe!.batchSize, undefined);
  });

  it('may try lists, models and weights, each run with a name that a folder may have', () => {
    const cell = compose(
      BASE,
      `{ "extends": "case 1", "sweep": { "freeze": [["conv1", "bn1", "layer1", "layer2", "layer3"], ["conv1", "bn1", "layer1", "layer2", "layer4"]],
         "weights": ["none", { "run": "case 1" }] } }`,
    );
    assert.deepEqual(
      parsed(cell).map(({ name, weights, freeze }) => [name, weights, freeze.length]),
      [
        ['cell 2 (1 of 4)', 'none', 5],
        ['cell 2 (2 of 4)', resolve(FOLDER, '.thaw/runs/of-0/best.safetensors'), 5],
        ['cell 2 (3 of 4)', 'none', 5],
        ['cell 2 (4 of 4)', resolve(FOLDER, '.thaw/runs/of-0/best.safetensors'), 5],
      ],
    );
    assert.deepEqual(
      cell.runs.map(({ variant }) => variant)[2],
      'freeze = ["conv1", "bn1", "layer1", "layer2", "l… (value 2), weights = none',
    );
  });

  it('chooses the type of an optimizer and its fields together', () => {
    const cell = compose(
      BASE,
      '{ "extends": "case 1", "sweep": { "optimizer.lr": [0.5], "optimizer.type": ["adam"] } }',
    );
    assert.deepEqual(parsed(cell)[0]!.optimizer, {
      type: 'adam',
      lr: 0.5,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
    });
  });
});

describe('what is wrong with a cell', () => {
  /** `place`: the part of the last cell's text that is underlined. */
  const cases: readonly (readonly [texts: readonly string[], place: string, message: string])[] = [
    [
      [BASE, '{ "extends": "caes 1" }'],
      '"caes 1"',
      'there is no cell "caes 1" above; did you mean "case 1"?',
    ],
    [
      [BASE, '{ "extends": "flowers" }'],
      '"flowers"',
      'there is no cell "flowers" above; the cells above are "case 1"',
    ],
    [['{ "extends": "a" }'], '"a"', 'there is no cell "a" above; this is the first recipe'],
    [['{ "name": "a", "extends": "a" }'], '"a" }', 'a cell cannot build on itself; name a cell above'],
    [[BASE, '{ "extends": 1 }'], '1', 'extends must be the name of a cell above, such as "case 1"'],
    [['{', '{ "extends": "cell 1" }'], '"cell 1"', '"cell 1" cannot be read; mend that cell first'],
    [
      ['{ "name": "b", "extends": "c" }', '{ "extends": "b" }'],
      '"b"',
      '"b" is not right: there is no cell "c" above; this is the first recipe',
    ],
    [
      [BASE, BASE, '{ "extends": "case 1" }'],
      '"case 1"',
      'several cells above are named "case 1"; give each a name of its own',
    ],
    [[BASE, BASE], '"case 1"', 'a cell above is named "case 1" as well; give this one another name'],
    [
      ['{ "name": "cell 2" }', '{ "data": { "folder": "d" }, "model": "vgg16" }'],
      '{ "data"',
      'a cell above is named "cell 2" as well; give this one another name',
    ],
    [
      [BASE, '{ "extends": "case 1", "weights": { "run": "case 2" } }'],
      '"case 2"',
      'there is no cell "case 2" above; did you mean "case 1"?',
    ],
    [
      [BASE, '{ "extends": "case 1", "weights": { "best": "case 1" } }'],
      '{ "best',
      'weights must name a cell above, as in { "run": "case 1" }, not { "best": "case 1" }',
    ],
    [
      [BASE, '{ "extends": "case 1", "epoch": 2 }'],
      '"epoch"',
      'epoch is not a field of a recipe; did you mean epochs?',
    ],
    [
      [BASE, '{ "extends": "case 1", "optimizer": { "lr": -1 } }'],
      '-1',
      'optimizer.lr must be a number greater than 0, not -1',
    ],
    [
      [BASE.replace('"epochs": 4', '"epochs": 0'), '{ "seed": 1, "extends": "case 1" }'],
      '"case 1"',
      'epochs must be a whole number of at least 1, not 0 (from "case 1")',
    ],
    [
      [BASE.replace('0.8', '8'), '{ "optimizer": { "lr": 1 }, "extends": "case 1" }'],
      '"case 1"',
      'optimizer.momentum must be a number of at least 0 and less than 1, not 8 (from "case 1")',
    ],
    [
      ['{ "name": "a", "data": { "folder": "d" } }', '{ "seed": 1, "extends": "a" }'],
      '"a"',
      'model is missing; add it, such as "model": "efficientnet_lite0"',
    ],
    [
      ['{ "seed": 1, "data": {}, "model": "vgg16" }'],
      '{}',
      'data.folder is missing; add it, such as "folder": "data/coccidia"',
    ],
    [
      ['[]'],
      '[]',
      'the recipe must be an object in braces, such as {"data":{"folder":"images"},"model":"resnet18"}, not []',
    ],
    [['{ "a": 1, }'], ',', 'the comma before } has nothing after it; remove the comma'],
    [
      [BASE, '{ "extends": "case 1", "sweep": 3 }'],
      '3',
      'sweep must be an object in braces that names fields and the values to try, such as { "optimizer.lr": [0.01, 0.001] }, not 3',
    ],
    [
      [BASE, '{ "extends": "case 1", "sweep": {} }'],
      '{}',
      'sweep must be an object in braces that names fields and the values to try, such as { "optimizer.lr": [0.01, 0.001] }, not an empty one',
    ],
    [
      [BASE, '{ "extends": "case 1", "sweep": { "optimizer.rl": [1] } }'],
      '"optimizer.rl"',
      'optimizer.rl is not a field of a recipe; did you mean optimizer.lr?',
    ],
    [
      [BASE, '{ "extends": "case 1", "sweep": { "seed": [] } }'],
      '[]',
      'seed must be a list of the values to try, such as [0.01, 0.001], not an empty one',
    ],
    [
      [BASE, '{ "extends": "case 1", "sweep": { "seed": 5 } }'],
      '5',
      'seed must be a list of the values to try, such as [0.01, 0.001], not 5',
    ],
    [
      [BASE, '{ "extends": "case 1", "sweep": { "seed": [1, 2, 1] } }'],
      '1] ',
      'seed tries 1 twice; keep one of the two',
    ],
    [
      [BASE, '{ "extends": "case 1", "sweep": { "seed": [1, null] } }'],
      'null',
      'seed cannot try null, which takes a field back; leave it out',
    ],
    [
      [BASE, '{ "extends": "case 1", "sweep": { "name": ["a"] } }'],
      '"name"',
      'name cannot be swept; remove it',
    ],
    [
      [BASE, '{ "extends": "case 1", "sweep": { "optimizer": [{}], "optimizer.lr": [1] } }'],
      '"optimizer.lr"',
      'optimizer.lr is part of optimizer, which is swept as well; keep one of the two',
    ],
    [
      [BASE, '{ "extends": "case 1", "sweep": { "epochs": [1, 2.5] } }'],
      '2.5',
      'epochs must be a whole number of at least 1, not 2.5',
    ],
    [
      [
        BASE,
        `{ "extends": "case 1", "sweep": { "seed": [${Array.from({ length: 101 }, (_, i) => i).join()}] } }`,
      ],
      '{ "seed',
      'the sweep makes 101 runs; a cell has at most 100',
    ],
  ];
  for (const [texts, place, message] of cases) {
    it(`is said in its own text: ${message}`, () => {
      const cell = compose(...texts);
      const text = texts.at(-1)!;
      assert.deepEqual(
        cell.problems.map(problem => problem.message),
        [message],
      );
      const [{ offset, length, severity }] = cell.problems as [ComposedCell['problems'][0]];
      assert.equal(offset, text.lastIndexOf(place));
      assert.ok(length >= 1);
      assert.equal(severity, 'error');
      assert.deepEqual(cell.runs, []);
    });
  }

  it('is said of a name that is further down', () => {
    const cells = ['{ "extends": "b" }', '{ "name": "b" }'].map(recipe);
    const { problems } = composeCell(cells, 0, { weightsOf });
    assert.equal(problems[0]!.message, '"b" is further down; a cell builds on cells above it');
  });
});

describe('the place of a field', () => {
  const text = '{ "extends": "case 1", "optimizer": { "lr": 0.1 }, "freeze": ["a", "b"] }';
  const cell = compose(BASE, text);
  const cases: readonly (readonly [path: readonly (string | number)[], place: string])[] = [
    [['optimizer', 'lr'], '0.1'],
    [['optimizer', 'momentum'], '"case 1"'],
    [['freeze', 1], '"b"'],
    [['model'], '"case 1"'],
    [['data', 'folder'], '"case 1"'],
    [['classes'], '"case 1"'],
    [['optimizer', 'eps'], '{'],
  ];
  for (const [path, place] of cases) {
    it(`${path.join('.')} is ${place}`, () => {
      const { offset, length } = cell.placeOf(path);
      assert.equal(text.slice(offset, offset + length), place);
    });
  }
});
