import assert from 'node:assert/strict';
import { recipeSchema } from '../../../src/core/recipe/recipeSchema';

interface Documented {
  readonly title?: string;
  readonly description?: string;
  readonly additionalProperties?: boolean | object;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly properties?: Readonly<Record<string, Documented>>;
}

function* fields(field: Documented, path = ''): Generator<[string, Documented]> {
  for (const [name, below] of Object.entries(field.properties ?? {})) {
    yield [`${path}${name}`, below];
    yield* fields(below, `${path}${name}.`);
  }
}

describe("the recipe's schema", () => {
  const all = [...fields(recipeSchema)];

  it('describes every field with an example', () => {
    assert.equal(all.length, 57);
    for (const [path, { title, description }] of all) {
      assert.ok(title, path);
      assert.match(description ?? '', /\. Example: .+\.$/, path);
    }
  });

  it('allows no object fields that it does not name', () => {
    const objects = all.filter(([, { properties }]) => properties);
    assert.deepEqual(
      objects.map(([path]) => path),
      ['data', 'data.labels', 'optimizer', 'scheduler', 'earlyStopping', 'averaging', 'mixup', 'distributed'],
    );
    for (const [path, { additionalProperties }] of objects) assert.equal(additionalProperties, false, path);
    assert.equal((recipeSchema as Documented).additionalProperties, false);
  });

  it('explains each choice where it explains any', () => {
    for (const [path, field] of all) {
      if (field.enumDescriptions) assert.equal(field.enumDescriptions.length, field.enum?.length, path);
    }
  });
});
