import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { recipeToJson } from '../../../src/core/recipe/recipeToJson';
import type { Recipe } from '../../../src/core/recipe/recipe';
import { UserError } from '../../../src/core/userError';

const FOLDER = resolve('/recipes');
const LEAST = '"data": { "folder": "images" }, "model": "resnet18"';

function parse(text: string, set: readonly string[] = []): Recipe {
  return parseRecipe(text, { folder: FOLDER, file: resolve(FOLDER, 'case1.json'), set });
}

describe('a recipe', () => {
  it('has defaults for all but the data and the model', () => {
    assert.deepEqual(parse(`{ ${LEAST} }`), {
      name: 'case1',
      data: { folder: resolve(FOLDER, 'images'), test: 0.2, labels: undefined },
      model: 'resnet18',
      weights: 'imagenet',
      classes: undefined,
      freeze: [],
      unfreeze: undefined,
      frozenBatchNorm: 'eval',
      labelSmoothing: 0,
      classWeights: undefined,
      sampling: 'shuffle',
      optimizer: { type: 'sgd', lr: 0.001, momentum: 0.9, weightDecay: 0 },
      scheduler: { type: 'step', stepSize: 7, gamma: 0.1, warmupEpochs: 0 },
      averaging: undefined,
      epochs: 25,
      earlyStopping: undefined,
      batchSize: 32,
      seed: 0,
      imageSize: 224,
      augment: 'flip',
      engine: 'auto',
      precision: 'float32',
      mixup: undefined,
      cachedViews: undefined,
      cachedPrecision: 'float32',
      device: 'auto',
      distributed: undefined,
    });
  });

  it('shows pictures in the size that the weights of its model are meant for, unless it says', () => {
    const sizeOf = (rest: string): number => parse(`{ "data": { "folder": "images" }, ${rest} }`).imageSize;
    assert.equal(sizeOf('"model": "efficientnet_b0"'), 224);
    assert.equal(sizeOf('"model": "efficientnet_b2"'), 288);
    assert.equal(sizeOf('"model": "efficientnet_b2", "imageSize": 96'), 96);
  });

  describe('weighs its classes', () => {
    const weights = (value: string): Recipe['classWeights'] =>
      parse(`{ ${LEAST}, "classWeights": ${value} }`).classWeights;

    it('by their size or by name', () => {
      assert.equal(weights('"balanced"'), 'balanced');
      assert.deepEqual({ ...(weights('{ "cat": 2, "a.b": 0 }') as object) }, { cat: 2, 'a.b': 0 });
      const set = parse(`{ ${LEAST} }`, ['classWeights.cat=3']).classWeights;
      assert.deepEqual({ ...(set as object) }, { cat: 3 });
    });

    it('and says what else is wrong', () => {
      assert.throws(
        () => weights('"balance"'),
        /classWeights must be "balanced" or an object of weights by class, such as \{"melanoma": 5\}, not "balance"/,
      );
      assert.throws(() => weights('3'), /classWeights must be "balanced" or an object/);
      assert.throws(
        () => weights('{ "cat": -1 }'),
        /classWeights\.cat must be a number of at least 0, not -1/,
      );
    });
  });

  it('may have parameter groups and an average, which say all that they need', () => {
    const recipe = parse(
      `{ ${LEAST}, "averaging": {}, "optimizer": { "groups": [{ "modules": ["layer4"], "lr": 0.1 }] } }`,
    );
    assert.deepEqual(parse(`{ ${LEAST}, "mixup": {} }`).mixup, { alpha: 0.2 });
    assert.deepEqual(recipe.averaging, { type: 'ema', decay: 0.999 });
    assert.deepEqual(recipe.optimizer.groups, [{ modules: ['layer4'], lr: 0.1 }]);
    const groups = (text: string) => () => parse(`{ ${LEAST}, "optimizer": { "groups": ${text} } }`);
    assert.throws(
      groups('[{ "modules": ["fc"] }]'),
      /optimizer\.groups\[?\.?0\]?\.lr is missing; add it, such as "lr": 0\.0001/,
    );
    assert.throws(
      groups('[{ "modules": [], "lr": 1 }]'),
      /modules must be a list, such as \["layer4"\]|modules must/,
    );
    assert.throws(groups('[{ "module": ["fc"], "lr": 1 }]'), /did you mean optimizer.*modules\?/);
  });

  it('may unfreeze layers on the way', () => {
    const stages = (text: string) => parse(`{ ${LEAST}, "unfreeze": ${text} }`).unfreeze;
    assert.deepEqual(stages('[{ "epoch": 5, "freeze": ["conv1"], "lr": 0.1 }, { "epoch": 9 }]'), [
      { epoch: 5, freeze: ['conv1'], lr: 0.1 },
      { epoch: 9, freeze: [], lr: undefined },
    ]);
    assert.throws(() => stages('[{ "freeze": [] }]'), /epoch is missing; add it, such as "epoch": 5/);
    assert.throws(() => stages('[{ "epoch": 0 }]'), /epoch must be a whole number of at least 1, not 0/);
    assert.throws(() => stages('{ "epoch": 5 }'), /unfreeze must be a list, such as \[\{"epoch":5/);
  });

  it('may stop early', () => {
    const stopping = (text: string) => parse(`{ ${LEAST}, "earlyStopping": ${text} }`).earlyStopping;
    assert.deepEqual(stopping('{}'), { patience: 5, minDelta: 0 });
    assert.deepEqual(stopping('{ "patience": 2, "minDelta": 0.01 }'), { patience: 2, minDelta: 0.01 });
    assert.throws(() => stopping('3'), /earlyStopping must be an object in braces, such as \{"patience":5\}/);
    assert.throws(
      () => stopping('{ "patience": 0 }'),
      /patience must be a whole number of at least 1, not 0/,
    );
  });

  describe('for the engine torchrun', () => {
    const distributed = (fields: string): Recipe['distributed'] =>
      parse(`{ ${LEAST}, "engine": "torchrun", "distributed": ${fields} }`).distributed;

    it('says how many machines and processes there are, where they meet and how often they are started again', () => {
      const defaults = { nodes: 1, processesPerNode: undefined, rendezvous: undefined, maxRestarts: 3 };
      assert.deepEqual(distributed('{}'), defaults);
      assert.deepEqual(distributed('{ "processesPerNode": 4, "maxRestarts": 0 }'), {
        ...defaults,
        processesPerNode: 4,
        maxRestarts: 0,
      });
      for (const place of ['node1:29400', '10.0.0.1:29400', 'train-0.train.lab.svc:1', '[fd00::1]:29400']) {
        assert.equal(distributed(`{ "nodes": 2, "rendezvous": "${place}" }`)?.rendezvous, place);
      }
    });

    it('names where several machines meet', () => {
      assert.throws(() => distributed('{ "nodes": 2 }'), {
        message:
          'The recipe case1.json is not right: distributed.rendezvous is missing; add it, such as "rendezvous": "node1:29400"',
      });
      for (const place of ['node1', 'node1:', ':29400', 'http://node1:29400', 'node 1:29400']) {
        assert.throws(
          () => distributed(`{ "nodes": 2, "rendezvous": "${place}" }`),
          /distributed\.rendezvous must be a machine and a port, such as "node1:29400", not "/,
        );
      }
    });
  });

  it('may have comments, a byte order mark and a schema', () => {
    const text = `\uFEFF{ "$schema": "./x.json", // the solar cells\n ${LEAST}, /* all */ "epochs": 3 }`;
    assert.equal(parse(text).epochs, 3);
  });

  it('resolves the data folder, the labels and a file of weights against its own folder', () => {
    const recipe = parse(
      `{ "data": { "folder": "../d", "labels": { "file": "l.csv", "image": "i", "label": "l", "group": "g" } },
         "model": "vgg16", "weights": "w/a.pth" }`,
    );
    assert.equal(recipe.data.folder, resolve(FOLDER, '../d'));
    assert.deepEqual(recipe.data.labels, {
      file: resolve(FOLDER, 'l.csv'),
      image: 'i',
      label: 'l',
      group: 'g',
    });
    assert.equal(recipe.weights, resolve(FOLDER, 'w/a.pth'));
    assert.equal(parse(`{ ${LEAST}, "weights": "none" }`).weights, 'none');
  });

  it('is named after its file without the extension, made fit for a folder', () => {
    const named = (file?: string): string =>
      parseRecipe(`{ ${LEAST} }`, { folder: FOLDER, ...(file && { file }) }).name;
    assert.equal(named('/x/solar cells.json'), 'solar cells');
    assert.equal(named('/x/solar-cells.thaw.json'), 'solar-cells');
    assert.equal(named('/x/a:b?.json'), 'a-b-');
    assert.equal(named(), 'recipe');
  });

  it("has PyTorch's defaults for adam and adamw", () => {
    const optimizer = (type: string) => parse(`{ ${LEAST}, "optimizer": { "type": "${type}" } }`).optimizer;
    const shared = { lr: 0.001, betas: [0.9, 0.999], eps: 1e-8 };
    assert.deepEqual(optimizer('adam'), { type: 'adam', ...shared, weightDecay: 0 });
    assert.deepEqual(optimizer('adamw'), { type: 'adamw', ...shared, weightDecay: 0.01 });
  });

  it('keeps nothing of another scheduler', () => {
    assert.deepEqual(parse(`{ ${LEAST}, "scheduler": { "type": "cosine" } }`).scheduler, {
      ...{ type: 'cosine', warmupEpochs: 0 },
    });
  });

  it('written as JSON reads back as the same recipe', () => {
    const recipe = parse(
      `{ ${LEAST}, "classes": 3, "freeze": ["conv1"], "optimizer": { "type": "adamw", "betas": [0.8, 0.9] } }`,
    );
    const text = JSON.stringify(recipeToJson(recipe));
    assert.deepEqual(parseRecipe(text, { folder: resolve('/elsewhere') }), recipe);
  });
});

describe('--set', () => {
  const set = (...overrides: string[]): Recipe => parse(`{ ${LEAST}, "epochs": 9 }`, overrides);

  it('replaces fields, the last one winning', () => {
    const recipe = set('optimizer.lr=0.01', 'freeze=["conv1"]', 'weights=none', 'epochs=3', 'epochs=4');
    assert.deepEqual(recipe.optimizer, { type: 'sgd', lr: 0.01, momentum: 0.9, weightDecay: 0 });
    assert.deepEqual(recipe.freeze, ['conv1']);
    assert.equal(recipe.weights, 'none');
    assert.equal(recipe.epochs, 4);
  });

  it('takes what looks like a number as text where text is wanted', () => {
    assert.equal(set('name=123').name, '123');
    assert.equal(set('name="a=b"').name, 'a=b');
  });

  it('adds a field that the recipe must have', () => {
    const recipe = parse('{ "model": "resnet18" }', ['data.folder=d']);
    assert.equal(recipe.data.folder, resolve(FOLDER, 'd'));
  });

  for (const [override, message] of [
    ['optimzer.lr=1', '--set optimzer.lr is not a field of a recipe; did you mean optimizer?'],
    ['optimizer.lrr=1', '--set optimizer.lrr is not a field of a recipe; did you mean optimizer.lr?'],
    ['epochs.x=1', '--set epochs.x is not a field of a recipe; epochs has no fields of its own'],
    ['lr', '--set "lr" must be path=value, such as optimizer.lr=0.01'],
    ['=1', '--set "=1" must be path=value, such as optimizer.lr=0.01'],
    ['optimizer.lr=abc', 'optimizer.lr must be a number greater than 0, not "abc"'],
    ['classes=1', 'classes must be a whole number of at least 2, not 1'],
  ] as const) {
    it(`${override}: ${message}`, () => {
      assert.throws(() => set(override), new UserError(`The recipe case1.json is not right: ${message}`));
    });
  }

  it('of __proto__ changes nothing but the recipe, which is refused', () => {
    assert.throws(() => set('__proto__.polluted=1'), /--set __proto__\.polluted is not a field of a recipe/);
    assert.throws(() => set('data={"__proto__":{"folder":"x"}}'), /data\.__proto__ is not a field/);
    assert.equal('polluted' in {}, false);
  });
});

describe('a recipe that is not right', () => {
  const cases: [what: string, text: string, message: string][] = [
    [
      'a trailing comma',
      `{\n  ${LEAST},\n}`,
      'line 2, column 54: the comma before } has nothing after it; remove the comma',
    ],
    [
      'trailing commas in a list and an object',
      `{ ${LEAST}, "freeze": ["a",],}`,
      'line 1, column 70: the comma before ] has nothing after it; remove the comma; line 1, column 72: the comma before } has nothing after it; remove the comma',
    ],
    ['no closing brace', `{ ${LEAST}`, 'line 1, column 54: a closing } is missing'],
    ['a missing comma', `{ ${LEAST} "epochs": 3 }`, 'line 1, column 55: a comma must come before this'],
    ['single quotes', "{ 'a': 1 }", "line 1, column 3: 'a' is not JSON; text must be in double quotes"],
    [
      'a single backslash',
      '{ "data": { "folder": "C:\\data" } }',
      'line 1, column 23: a backslash in text must be written twice; in paths a / does as well',
    ],
    [
      'nothing',
      ' \n',
      'line 1, column 1: the recipe is empty; the least it needs is { "data": { "folder": "images" }, "model": "resnet18" }',
    ],
    [
      'a list',
      '[]',
      'line 1, column 1: the recipe must be an object in braces, such as {"data":{"folder":"images"},"model":"resnet18"}, not []',
    ],
    [
      'a hundred thousand brackets',
      '['.repeat(100_000),
      'line 1, column 33: the braces and brackets are nested too deep',
    ],
    [
      'no model',
      '{ "data": { "folder": "d" } }',
      'model is missing; add it, such as "model": "efficientnet_lite0"',
    ],
    [
      'no folder',
      '{ "data": {}, "model": "vgg16" }',
      'data.folder is missing; add it, such as "folder": "data/coccidia"',
    ],
    [
      'a number for a path',
      '{ "data": { "folder": 5 }, "model": "vgg16" }',
      'data.folder must be text in quotes, not 5',
    ],
    [
      'an empty model',
      '{ "data": { "folder": "d" }, "model": "" }',
      'model must be text that is not empty, not ""',
    ],
    ['one class', `{ ${LEAST}, "classes": 1 }`, 'classes must be a whole number of at least 2, not 1'],
    ['batch size 0', `{ ${LEAST}, "batchSize": 0 }`, 'batchSize must be a whole number of at least 1, not 0'],
    ['half an epoch', `{ ${LEAST}, "epochs": 2.5 }`, 'epochs must be a whole number of at least 1, not 2.5'],
    [
      'a learning rate "abc"',
      `{ ${LEAST}, "optimizer": { "lr": "abc" } }`,
      'optimizer.lr must be a number greater than 0, not "abc"',
    ],
    [
      'a learning rate of 0',
      `{ ${LEAST}, "optimizer": { "lr": 0 } }`,
      'optimizer.lr must be a number greater than 0, not 0',
    ],
    [
      'an infinite learning rate',
      `{ ${LEAST}, "optimizer": { "lr": 1e999 } }`,
      'optimizer.lr must be a number greater than 0, not Infinity',
    ],
    [
      'all images tested on',
      '{ "data": { "folder": "d", "test": 1 }, "model": "vgg16" }',
      'data.test must be a number greater than 0 and less than 1, not 1',
    ],
    [
      'a misspelt field',
      `{ ${LEAST}, "optimiser": {} }`,
      'optimiser is not a field of a recipe; did you mean optimizer?',
    ],
    [
      'an unknown field',
      `{ ${LEAST}, "scheduler": { "warmupSteps": 5 } }`,
      'scheduler.warmupSteps is not a field of a recipe; the fields of scheduler are type, stepSize, gamma, warmupEpochs',
    ],
    [
      'a misspelt choice',
      `{ ${LEAST}, "augment": "flp" }`,
      'augment must be "none", "flip", "crop-flip" or "randaugment", not "flp"; did you mean "flip"?',
    ],
    [
      'momentum for adam',
      `{ ${LEAST}, "optimizer": { "type": "adam", "momentum": 0.9 } }`,
      'optimizer.momentum has no meaning for "adam"; remove it',
    ],
    [
      'betas for sgd',
      `{ ${LEAST}, "optimizer": { "betas": [0.9, 0.99] } }`,
      'optimizer.betas has no meaning for "sgd"; remove it',
    ],
    [
      'gamma for cosine',
      `{ ${LEAST}, "scheduler": { "type": "cosine", "gamma": 0.5 } }`,
      'scheduler.gamma has no meaning for "cosine"; remove it',
    ],
    [
      'weights of no known kind',
      `{ ${LEAST}, "weights": "a.h5" }`,
      'weights must be "imagenet", "none" or the path of a .safetensors, .pth or .pt file, not "a.h5"',
    ],
    [
      'a device of no known kind',
      `{ ${LEAST}, "device": "cuda" }`,
      'device must be "auto", "cpu", "gpu" or the number of a GPU as "gpu:1", not "cuda"',
    ],
    [
      'a name that is a path',
      `{ ${LEAST}, "name": "../a" }`,
      'name must be text that can be the name of a folder, not "../a"',
    ],
    ['a number among layers', `{ ${LEAST}, "freeze": ["a", 3] }`, 'freeze[1] must be text in quotes, not 3'],
    [
      'one layer in place of a list',
      `{ ${LEAST}, "freeze": "conv1" }`,
      'freeze must be a list, such as ["conv1","bn1","relu","maxpool","layer1","layer2"], not "conv1"',
    ],
    [
      'a field given twice',
      `{ ${LEAST}, "epochs": 1, "epochs": 2 }`,
      'epochs is given twice; keep one of the two',
    ],
  ];
  for (const [what, text, message] of cases) {
    it(`for ${what}: ${message}`, () => {
      const mistakes = message.split('; line').length;
      const count = mistakes > 1 ? ` (${mistakes} mistakes)` : '';
      assert.throws(
        () => parse(text),
        new UserError(`The recipe case1.json is not right${count}: ${message}`),
      );
    });
  }

  it('is told everything at once, in the order of the text', () => {
    assert.throws(
      () =>
        parse(`{ ${LEAST}, "classes": 1, "batchSize": 0, "optimizer": { "lr": "abc", "nesterov": true } }`),
      new UserError(
        'The recipe case1.json is not right (4 mistakes): classes must be a whole number of at least 2, not 1; ' +
          'batchSize must be a whole number of at least 1, not 0; ' +
          'optimizer.lr must be a number greater than 0, not "abc"; ' +
          'optimizer.nesterov is not a field of a recipe; the fields of optimizer are type, lr, momentum, weightDecay, betas, eps, groups',
      ),
    );
  });

  it('gains no fields from a prototype', () => {
    const text = '{ "__proto__": { "model": "vgg16" }, "data": { "folder": "d" } }';
    assert.throws(() => parse(text), /model is missing.*__proto__ is not a field of a recipe/);
    assert.equal('model' in {}, false);
  });
});
