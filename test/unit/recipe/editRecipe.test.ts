import assert from 'node:assert/strict';
import { Random } from '../../../src/core/random';
import { changeRecipe, type RecipeChange } from '../../../src/core/recipe/editRecipe';
import { readRecipeText, type JsonObject, type JsonValue } from '../../../src/core/recipe/recipeText';

const set = (text: string, path: (string | number)[], value: JsonValue | undefined) =>
  changeRecipe(text, [{ path, value }]);
const lines = (...all: string[]) => all.join('\n');

describe('changing a field of a recipe', () => {
  it('replaces its value and nothing else', () =>
    assert.equal(
      set('{ "model": "vgg16", /* two */ "classes": 2 } // end', ['classes'], 3),
      '{ "model": "vgg16", /* two */ "classes": 3 } // end',
    ));

  it('replaces a field of a field, and an entry of a list', () => {
    assert.equal(
      set('{ "data": { "folder": "a" } }', ['data', 'folder'], 'b'),
      '{ "data": { "folder": "b" } }',
    );
    assert.equal(
      set('{ "freeze": ["layr1", "fc"] }', ['freeze', 0], 'layer1'),
      '{ "freeze": ["layer1", "fc"] }',
    );
  });

  it('puts a new field where the schema has it, after the comment of the one before', () =>
    assert.equal(
      set(lines('{', '  "model": "vgg16", // small', '  "epochs": 3 // few', '}'), ['classes'], 2),
      lines('{', '  "model": "vgg16", // small', '  "classes": 2,', '  "epochs": 3 // few', '}'),
    ));

  it('puts a new field last, with the comma that it needs', () =>
    assert.equal(
      set(lines('{', '\t"model": "vgg16" // small', '}'), ['freeze'], ['features', 'avgpool']),
      lines('{', '\t"model": "vgg16", // small', '\t"freeze": ["features", "avgpool"]', '}'),
    ));

  it('puts a new field first', () =>
    assert.equal(
      set(lines('{ // a recipe', '  "model": "vgg16"', '}'), ['name'], 'cats'),
      lines('{ // a recipe', '  "name": "cats",', '  "model": "vgg16"', '}'),
    ));

  it('stays in the one line that there is', () => {
    assert.equal(set('{ "model": "vgg16" }', ['classes'], 2), '{ "model": "vgg16", "classes": 2 }');
    assert.equal(set('{ "model": "vgg16" }', ['name'], 'cats'), '{ "name": "cats", "model": "vgg16" }');
    assert.equal(set('{}', ['model'], 'vgg16'), '{ "model": "vgg16" }');
  });

  it('keeps the line ends of Windows', () =>
    assert.equal(
      set('{\r\n  "model": "vgg16"\r\n}\r\n', ['classes'], 2),
      '{\r\n  "model": "vgg16",\r\n  "classes": 2\r\n}\r\n',
    ));

  it('removes a field with its line', () => {
    const text = lines('{', '  "model": "vgg16", // small', '  "classes": 2', '}');
    assert.equal(set(text, ['classes'], undefined), lines('{', '  "model": "vgg16" // small', '}'));
    assert.equal(set(text, ['model'], undefined), lines('{', '  // small', '  "classes": 2', '}'));
    assert.equal(set('{ "model": "vgg16", "classes": 2 }', ['model'], undefined), '{ "classes": 2 }');
  });

  it('makes the object that a field belongs in, after what a cell extends', () =>
    assert.equal(
      changeRecipe('{ "extends": "case 1", "epochs": 3 }', [
        { path: ['optimizer', 'lr'], value: 0.01 },
        { path: ['data', 'labels', 'file'], value: 'a.csv' },
      ]),
      '{ "extends": "case 1", "data": { "labels": { "file": "a.csv" } }, "optimizer": { "lr": 0.01 }, "epochs": 3 }',
    ));

  it('has nothing to remove where the field is not there', () =>
    assert.equal(set('{ }', ['classes'], undefined), '{ }'));

  it('refuses a text that cannot be read, and says where', () =>
    assert.throws(() => set(lines('{', '  "model": "vgg16",', '}'), ['classes'], 2), {
      name: 'UserError',
      message:
        /^The recipe cannot be changed before line 2 is mended: the comma before } has nothing after it/,
    }));
});

describe('changing a list of a recipe', () => {
  const freeze = (text: string, ...paths: string[]) => set(text, ['freeze'], paths);

  it('keeps it in its line', () =>
    assert.equal(
      freeze('{ "freeze": ["conv1"], "epochs": 1 }', 'conv1', 'bn1'),
      '{ "freeze": ["conv1", "bn1"], "epochs": 1 }',
    ));

  it('gives each entry a line where one line is too long', () => {
    const paths = Array.from({ length: 12 }, (_, index) => `features.${index}`);
    assert.equal(
      freeze(lines('{', '  "freeze": ["features.0"]', '}'), ...paths),
      lines('{', '  "freeze": [', paths.map(path => `    "${path}"`).join(',\n'), '  ]', '}'),
    );
  });

  const list = lines(
    '{',
    '  "freeze": [',
    '    "conv1", // first',
    '    // the blocks',
    '    "layer1" // last',
    '  ]',
    '}',
  );

  it('puts an entry between two and leaves the comments where they are', () =>
    assert.equal(freeze(list, 'conv1', 'bn1', 'layer1'), list.replace('// first', '// first\n    "bn1",')));

  it('puts an entry first and last', () =>
    assert.equal(
      freeze(list, 'conv0', 'conv1', 'layer1', 'layer2'),
      list
        .replace('    "conv1"', '    "conv0",\n    "conv1"')
        .replace('"layer1" // last', '"layer1", // last\n    "layer2"'),
    ));

  it('takes an entry out, with its line', () => {
    assert.equal(freeze(list, 'conv1'), list.replace('"conv1",', '"conv1"').replace('"layer1" ', ''));
    assert.equal(
      freeze(lines('[').replace('[', list.replace(' // first', '')), 'layer1'),
      list.replace('    "conv1", // first\n', ''),
    );
  });

  it('does not change the order someone chose', () =>
    assert.equal(
      freeze('{\n"freeze": ["fc",\n"conv1"] }', 'conv1', 'fc'),
      '{\n"freeze": ["fc",\n"conv1"] }',
    ));

  it('replaces what is no list', () =>
    assert.equal(freeze('{ "freeze": "conv1" }', 'conv1'), '{ "freeze": ["conv1"] }'));

  it('drops entries that are no text', () =>
    assert.equal(freeze('{ "freeze": [\n7,\n"a" ] }', 'a'), '{ "freeze": [\n"a" ] }'));
});

describe('any change of any recipe', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

  /** A recipe with comments and line ends at every place that may have one. */
  function draw(random: Random): string {
    let comments = 0;
    const eol = random.integer(2) === 0 ? '\n' : '\r\n';
    const multiline = random.integer(3) > 0;
    const gap = (): string => {
      const comment = random.integer(4) === 0 ? `/* note ${comments++} */` : '';
      if (!multiline) return ` ${comment}`;
      const line = random.integer(4) === 0 ? `// note ${comments++}${eol}` : '';
      return ` ${comment}${line}${random.integer(2) === 0 ? `${eol}  ` : ''}`;
    };
    const list = random.shuffle([...names]).slice(0, random.integer(5));
    const freeze = `[${gap()}${list.map(name => `${JSON.stringify(name)}${gap()}`).join(`,${gap()}`)}]`;
    const fields = [
      '"model": "resnet18"',
      '"classes": 2',
      `"freeze": ${freeze}`,
      '"epochs": 3',
      '"data": { "folder": "x" }',
    ];
    const some = random.shuffle(fields).slice(0, 1 + random.integer(fields.length));
    const parts = some.map((field, index) => `${index > 0 ? `,${gap()}` : ''}${field}${gap()}`);
    return `{${gap()}${parts.join('')}}`;
  }

  function drawChange(random: Random): RecipeChange {
    switch (random.integer(4)) {
      case 0:
        return { path: ['classes'], value: random.integer(2) === 0 ? undefined : 7 };
      case 1:
        return { path: ['imageSize'], value: 96 };
      case 2:
        return { path: ['name'], value: 'a name' };
      default:
        return { path: ['freeze'], value: random.shuffle([...names]).slice(0, random.integer(6)) };
    }
  }

  it('does what was asked, leaves every other value and every comment, and nothing that cannot be read', () => {
    for (let seed = 0; seed < 1500; seed++) {
      const random = new Random(seed, 'edits');
      const text = draw(random);
      const comments = (recipe: string) => recipe.match(/note \d+/g) ?? [];
      const before = readRecipeText(text).value as JsonObject;
      const change = drawChange(random);
      const changed = changeRecipe(text, [change]);
      const { value, problems } = readRecipeText(changed);
      assert.deepEqual(problems, [], `${text}\n${changed}`);
      const [name] = change.path as [string];
      const sorted = (fields: JsonObject) =>
        Object.entries({ ...fields, freeze: fields.freeze && [...(fields.freeze as string[])].sort() })
          .filter(([, field]) => field !== undefined)
          .sort(([a], [b]) => a.localeCompare(b));
      const wanted = { ...before };
      if (change.value === undefined) delete wanted[name];
      else wanted[name] = change.value;
      assert.deepEqual(sorted(value as JsonObject), sorted(wanted), `${text}\n${changed}`);
      assert.deepEqual(comments(changed), comments(text), `${text}\n${changed}`);
    }
  });
});
