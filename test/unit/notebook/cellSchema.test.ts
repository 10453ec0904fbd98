import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import cellSchema from '../../../media/cell.schema.json';
import recipeSchema from '../../../media/recipe.schema.json';

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
ajv.addVocabulary(['enumDescriptions', 'defaultSnippets']);
ajv.addSchema(recipeSchema, 'recipe.schema.json');
const validate = ajv.compile({ ...cellSchema, $id: 'cell.schema.json' });

/** What the editor finds wrong with a cell, each as its place and the rule. */
function wrong(cell: object): readonly string[] {
  validate(cell);
  return [
    ...new Set((validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`)),
  ].sort();
}

const whole = { data: { folder: 'd' }, model: 'vgg16' };

describe("the schema of a notebook's cell", () => {
  it('has every field of a recipe, and but for a few by reference', () => {
    const properties: Readonly<Record<string, object>> = cellSchema.properties;
    for (const field of Object.keys(recipeSchema.properties)) {
      const ref = { $ref: `recipe.schema.json#/properties/${field}` };
      const { $ref, anyOf } = properties[field] as { $ref?: string; anyOf?: readonly object[] };
      assert.deepEqual(anyOf?.[0] ?? { $ref }, ref);
    }
    const own = Object.keys(properties).filter(field => !Object.hasOwn(recipeSchema.properties, field));
    assert.deepEqual(own, ['extends', 'sweep']);
  });

  it('takes a whole recipe, and only what differs where it extends another', () => {
    assert.deepEqual(wrong(whole), []);
    assert.deepEqual(wrong({ extends: 'a' }), []);
    assert.deepEqual(wrong({ extends: 'a', data: { test: 0.5 }, optimizer: { betas: [0.9, 0.99] } }), []);
    assert.deepEqual(wrong({ extends: 'a', scheduler: null, earlyStopping: null }), []);
    assert.deepEqual(
      wrong({ ...whole, weights: { run: 'a' }, sweep: { 'optimizer.lr': [1, 2], freeze: [[], ['a']] } }),
      [],
    );
  });

  it('refuses what a recipe lacks where nothing is extended', () => {
    assert.deepEqual(wrong({}), [' if', ' required']);
    assert.deepEqual(wrong({ ...whole, data: {} }), [' if', '/data required']);
    assert.ok(
      wrong({ ...whole, optimizer: { type: 'adam', momentum: 0.5 } }).includes(
        '/optimizer/momentum false schema',
      ),
    );
  });

  it('refuses what is wrong either way', () => {
    assert.deepEqual(wrong({ extends: 'a', epoch: 1 }), [' additionalProperties']);
    assert.deepEqual(wrong({ extends: 1 }), ['/extends type']);
    assert.ok(wrong({ extends: 'a', epochs: 0 }).includes('/epochs minimum'));
    assert.deepEqual(wrong({ extends: 'a', data: null }), ['/data type']);
    assert.deepEqual(wrong({ extends: 'a', sweep: {} }), ['/sweep minProperties']);
    assert.deepEqual(wrong({ extends: 'a', sweep: { batchSize: [] } }), ['/sweep/batchSize minItems']);
    assert.deepEqual(wrong({ extends: 'a', sweep: { batchSize: [0] } }), ['/sweep/batchSize/0 minimum']);
    assert.ok(wrong({ extends: 'a', weights: { best: 'a' } }).includes('/weights anyOf'));
  });

  it('describes every field of its own with an example', () => {
    for (const field of ['name', 'extends', 'sweep'] as const) {
      assert.match(cellSchema.properties[field].description, /Example: /);
    }
  });
});
