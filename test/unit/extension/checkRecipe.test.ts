import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findModel, modelNames } from '../../../src/core/model/catalog';
import { layerFields } from '../../../src/core/recipe/layerFields';
import { fieldSchema } from '../../../src/core/recipe/recipeSchema';
import type { JsonObject } from '../../../src/core/recipe/recipeText';
import { checkData } from '../../../src/extension/recipe/checkData';
import { checkLayers } from '../../../src/extension/recipe/checkLayers';
import { DataFacts } from '../../../src/extension/recipe/dataFacts';
import type { Finding } from '../../../src/extension/recipe/findings';

/** What each finding says, where, and the titles of its fixes. */
const shown = (findings: readonly Finding[]) =>
  findings.map(({ severity, path, message, fixes }) => [
    `${severity} at ${path.join('.')}: ${message}`,
    ...fixes.slice(0, 3).map(({ title }) => title),
  ]);

describe('what a schema cannot say of the layers', () => {
  const check = (recipe: JsonObject) => shown(checkLayers(layerFields(recipe), recipe));

  it('finds nothing where all is right', () =>
    assert.deepEqual(check({ model: 'resnet18', freeze: ['conv1', 'layer1.0'] }), []));

  it('finds a model that is not there', () => {
    assert.deepEqual(check({ model: 'resnet' })[0]?.slice(0, 2), [
      'error at model: There is no model resnet; did you mean resnet18?',
      'Change to "resnet18"',
    ]);
    assert.match(
      check({ model: 'transformer' })[0]![0]!,
      /^error at model: There is no model transformer; the models are resnet18, /,
    );
  });

  it('finds a layer that the model lacks', () =>
    assert.deepEqual(check({ model: 'vgg16', freeze: ['features', 'layer1', 'clasifier.0'] }), [
      [
        'error at freeze.1: vgg16 has no layer layer1; at its top are features, avgpool, classifier',
        'Remove "layer1"',
      ],
      [
        'error at freeze.2: vgg16 has no layer clasifier.0; did you mean classifier.0?',
        'Change to "classifier.0"',
        'Remove "clasifier.0"',
      ],
    ]));

  it('finds what is wrong with the stages of unfreezing', () => {
    const stages = (...unfreeze: JsonObject[]) =>
      check({ model: 'vgg16', freeze: ['features'], epochs: 8, unfreeze }).map(([said]) => said);
    assert.deepEqual(stages({ epoch: 2 }), []);
    assert.deepEqual(stages({ epoch: 2, freeze: ['feature'] }), [
      'error at unfreeze.0.freeze.0: vgg16 has no layer feature; did you mean features?',
    ]);
    assert.deepEqual(stages({ epoch: 8, freeze: ['features'] }), [
      'error at unfreeze.0.epoch: epoch 8 is never reached: of 8 epochs the last is 7',
      'error at unfreeze.0.freeze: nothing more trains than before; list what is to stay frozen, fewer layers than before',
    ]);
  });

  it('finds a layer of a parameter group that the model lacks', () => {
    const groups = [
      { modules: ['features'], lr: 1 },
      { modules: ['clasifier.0'], lr: 1 },
    ];
    assert.deepEqual(check({ model: 'vgg16', optimizer: { groups } }), [
      [
        'error at optimizer.groups.1.modules.0: vgg16 has no layer clasifier.0; did you mean classifier.0?',
        'Change to "classifier.0"',
        'Remove "clasifier.0"',
      ],
    ]);
  });

  it('finds a head that is frozen, and a model that is', () => {
    assert.deepEqual(check({ model: 'resnet18', freeze: ['layer4', 'fc'] }), [
      [
        'warning at freeze: fc is the new last layer and begins with random weights; frozen, it would keep them',
        'Unfreeze fc',
      ],
    ]);
    const all = findModel('vgg16').root.children.map(([name]) => name);
    assert.match(
      check({ model: 'vgg16', freeze: all })[0]![0]!,
      /^error at freeze: All layers are frozen: nothing would learn/,
    );
  });

  it('finds random weights that are frozen', () =>
    assert.deepEqual(check({ model: 'resnet18', weights: 'none', freeze: ['conv1'] }), [
      [
        'warning at freeze: Without pretrained weights, frozen layers keep their random ones; unfreeze them or load weights',
        'Unfreeze all layers',
        'Load the ImageNet weights',
      ],
    ]));

  it('finds an image size that the model does not take', () =>
    assert.deepEqual(check({ model: 'vit_b_16', imageSize: 160 }), [
      [
        'error at imageSize: Images of 160 x 160 pixels do not fit this model, which takes 224 x 224 alone: its ' +
          'parameters belong to places.',
        'Change to 224',
      ],
    ]));

  it('finds none for the other models, which take the smallest that the schema allows', () => {
    const { minimum = 0 } = fieldSchema(['imageSize'])!;
    for (const model of modelNames.filter(name => name !== 'vit_b_16')) {
      assert.deepEqual(check({ model, imageSize: minimum }), [], model);
    }
  });
});

describe('what a schema cannot say of the data', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-check-'));
    for (const name of ['cats', 'dogs']) {
      await mkdir(join(folder, 'pets', name), { recursive: true });
      await writeFile(join(folder, 'pets', name, '1.jpg'), '');
    }
    await mkdir(join(folder, 'one', 'cats'), { recursive: true });
    await writeFile(join(folder, 'one', 'cats', '1.jpg'), '');
    await writeFile(join(folder, 'pets.csv'), 'image_id;species\n1;cats\n2;dogs\n3;fish\n');
    await writeFile(join(folder, 'bad.csv'), 'image_id,species\n1,"cats\n');
  });
  after(() => rm(folder, { recursive: true }));

  const check = async (recipe: JsonObject) => {
    const signal = new AbortController().signal;
    const options = { file: join(folder, 'x.thaw.json'), facts: new DataFacts(), signal };
    const findings = shown(await checkData(recipe, options));
    return findings.map(([first, ...fixes]) => [first!.replaceAll(folder, '~'), ...fixes]);
  };
  const labels = (fields: JsonObject): JsonObject => ({
    data: { folder: 'pets', labels: { file: 'pets.csv', image: 'image_id', label: 'species', ...fields } },
  });

  it('finds nothing where all is right', async () => {
    assert.deepEqual(await check({ data: { folder: 'pets' } }), []);
    assert.deepEqual(await check({ data: { folder: 'pets' }, classes: 2 }), []);
    assert.deepEqual(await check({ ...labels({}), classes: 3 }), []);
    assert.deepEqual(await check({}), []);
  });

  it('finds a folder that is missing or no folder', async () => {
    assert.deepEqual(await check({ data: { folder: 'pest' } }), [
      ['error at data.folder: There is no folder ~/pest; did you mean pets?', 'Change to "pets"'],
    ]);
    assert.deepEqual(await check({ data: { folder: 'pets/cat' } }), [
      [
        'error at data.folder: There is no folder ~/pets/cat; did you mean pets/cats?',
        'Change to "pets/cats"',
      ],
    ]);
    assert.deepEqual(await check({ data: { folder: 'pets.csv' } }), [
      ['error at data.folder: pets.csv is a file, not a folder'],
    ]);
  });

  it('finds data of one class', async () =>
    assert.deepEqual(await check({ data: { folder: 'one' } }), [
      ['error at data.folder: ~/one holds images of only one class, cats: at least two classes are needed'],
    ]));

  it('compares the classes with those of the data', async () => {
    assert.deepEqual(await check({ ...labels({}), classes: 2 }), [
      [
        'error at classes: The data has 3 classes (cats, dogs, fish), more than the 2 outputs of the model',
        'Set classes to 3',
        'Leave classes out: as many as the data has',
      ],
    ]);
    assert.match(
      (await check({ data: { folder: 'pets' }, classes: 4 }))[0]![0]!,
      /^warning at classes: .*: 2 of the 4 outputs/,
    );
  });

  it('finds a column that is not there', async () =>
    assert.deepEqual(await check(labels({ label: 'specie', group: 'owner' })), [
      [
        'error at data.labels.label: pets.csv has no column specie; its columns are image_id, species',
        'Change to "species"',
        'Change to "image_id"',
      ],
      [
        'error at data.labels.group: pets.csv has no column owner; its columns are image_id, species',
        'Change to "image_id"',
        'Change to "species"',
        'Let no column keep images together',
      ],
    ]));

  it('finds files that are missing or not what they seem', async () => {
    assert.deepEqual(await check(labels({ file: 'pet.csv' })), [
      [
        'error at data.labels.file: There is no file ~/pet.csv; did you mean pets.csv?',
        'Change to "pets.csv"',
      ],
    ]);
    assert.match(
      (await check(labels({ file: 'bad.csv' })))[0]![0]!,
      /^error at data\.labels\.file: bad\.csv is not a CSV file/,
    );
    assert.deepEqual(await check({ weights: 'none.safetensors' }), [
      ['error at weights: There is no file ~/none.safetensors'],
    ]);
  });

  it('ends when the recipe has changed meanwhile', async () => {
    const options = {
      file: join(folder, 'x.thaw.json'),
      facts: new DataFacts(),
      signal: AbortSignal.abort(),
    };
    await assert.rejects(checkData({ data: { folder: 'pets' } }, options), { name: 'AbortError' });
  });
});

describe('what is known of the data', () => {
  it('is counted again after a while, and remembered meanwhile', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'thaw-facts-'));
    try {
      for (const name of ['b', 'a']) {
        await mkdir(join(folder, name));
        for (let index = 0; index < 9; index++) await writeFile(join(folder, name, `${index}.png`), '');
      }
      const facts = new DataFacts();
      assert.equal(facts.known({ folder }), undefined);
      const found = await facts.find({ folder }, new AbortController().signal);
      assert.deepEqual(found.classes, [
        { name: 'a', images: 9 },
        { name: 'b', images: 9 },
      ]);
      assert.equal(found.images, 18);
      assert.deepEqual(
        found.samples.get('a'),
        [0, 1, 3, 4, 6, 7].map(index => join(folder, 'a', `${index}.png`)),
      );
      assert.equal(facts.known({ folder }), found);
      assert.equal(await facts.find({ folder }, new AbortController().signal), found);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
