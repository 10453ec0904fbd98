import assert from 'node:assert/strict';
import { composeCell, type ComposedCell } from '../../../src/core/notebook/composeCell';
import { readThawDocument } from '../../../src/core/notebook/thawDocument';
import { checkRecipe } from '../../../src/core/recipe/checkRecipe';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';

/** Texts near the limit of a million characters that once took minutes, checked in seconds. */
const MOST_MS = 5_000;
const DATA = '"data":{"folder":"x"},"model":"resnet18"';

function many(count: number, entry: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => entry(index)).join(',');
}

function compose(...texts: readonly string[]): ComposedCell {
  const cells = texts.map(text => ({ kind: 'recipe' as const, text }));
  return composeCell(cells, cells.length - 1, { weightsOf: () => undefined });
}

describe('A text of a stranger is checked in seconds', function () {
  this.timeout(60_000);
  const cases: readonly (readonly [what: string, check: () => readonly unknown[], problems: number])[] = [
    ['fields that are unknown', () => checkRecipe(`{${many(90_000, i => `"a${i}":1`)}}`), 100],
    ['commas too many', () => checkRecipe(`[${'[1,],'.repeat(150_000)}1]`), 100],
    ['a field given over and over', () => checkRecipe(`{${'"a":1,'.repeat(150_000)}"a":1}`), 103],
    ['a list of the wrong kind', () => checkRecipe(`{${DATA},"freeze":[${'1,'.repeat(400_000)}1]}`), 100],
    ['values of a sweep', () => compose(`{${DATA},"sweep":{"seed":[${many(120_000, String)}]}}`).problems, 1],
    [
      'fields of a sweep',
      () => compose(`{${DATA},"sweep":{${many(60_000, i => `"f${i}":[1]`)}}}`).problems,
      1,
    ],
  ];
  for (const [what, check, count] of cases) {
    it(`though full of ${what}`, () => {
      const start = performance.now();
      assert.equal(check().length, count);
      assert.ok(performance.now() - start < MOST_MS, `${performance.now() - start} ms`);
    });
  }

  it('though a thousand cells build on one another, whichever is asked for', () => {
    const start = performance.now();
    const texts = Array.from({ length: 1000 }, (_, index) =>
      index === 0
        ? `{"name":"c0",${DATA}}`
        : `{"name":"c${index}","extends":"c${index - 1}","freeze":[${many(150, i => `"l${i}"`)}]}`,
    );
    for (const index of [999, 998, 500])
      assert.equal(compose(...texts.slice(0, index + 1)).problems.length, 0);
    assert.ok(performance.now() - start < MOST_MS, `${performance.now() - start} ms`);
  });
});

describe('JSON of a stranger', () => {
  it('is refused where a number is too large, which would be lost when it is written again', () => {
    const notebook = Buffer.from('{"version":1,"cells":[],"more":{"x":1e999}}');
    assert.throws(() => readThawDocument(notebook), {
      name: 'UserError',
      message: /line 1, column 37: more\.x is a number too large/,
    });
    const many = `{"version":1,"cells":[],"more":[${'1e999,'.repeat(600_000)}1]}`;
    assert.throws(() => readThawDocument(Buffer.from(many)), { name: 'UserError' });
  });

  it('is quoted without what would steer a terminal', () => {
    assert.throws(
      () => readThawDocument(Buffer.from('nul\u001b[2J')),
      (error: Error) => {
        assert.doesNotMatch(error.message, /\u001b/);
        return error.name === 'UserError';
      },
    );
  });

  it('is refused where it nests without end', () => {
    const deep = '['.repeat(500_000);
    assert.match(checkRecipe(deep)[0]!.message, /nested too deep/);
    assert.throws(() => readThawDocument(Buffer.from(deep)), {
      name: 'UserError',
      message: /nested too deep/,
    });
  });

  for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(`changes no object of the program by the key ${key}`, () => {
      const text = `{"${key}":{"polluted":true},${DATA}}`;
      assert.throws(() => parseRecipe(text, { folder: '/' }), {
        name: 'UserError',
        message: new RegExp(`${key} is not a field of a recipe`),
      });
      const notebook = { version: 1, cells: [{ kind: 'recipe', text: [text] }] };
      const bytes = JSON.stringify(notebook).replace('{"version"', `{"${key}":{"polluted":true},"version"`);
      assert.equal(readThawDocument(Buffer.from(bytes)).cells.length, 1);
      compose(`{"name":"a",${DATA},"optimizer":{"${key}":{"polluted":true}}}`, '{"extends":"a"}');
      assert.equal('polluted' in {}, false);
    });
  }
});
