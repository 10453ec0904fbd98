import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = readFileSync(join(__dirname, '..', '..', 'docs', 'security.md'), 'utf8');

/** Tests that the document names: `file` "title", "title". */
function namedTests(): readonly (readonly [file: string, title: string])[] {
  return DOCUMENT.split('\n').flatMap(line =>
    [...line.matchAll(/`([\w./-]+\.ts)`((?:,? "[^"]+")+)/g)].flatMap(([, file, titles]) =>
      [...titles!.matchAll(/"([^"]+)"/g)].map(([, title]) => [file!, title!] as const),
    ),
  );
}

describe('docs/security.md', () => {
  it('names a test for each line of its tables of promises', () => {
    const tables = DOCUMENT.slice(DOCUMENT.indexOf('## Compared'), DOCUMENT.indexOf('## Limits'));
    const rows = tables.split('\n').filter(line => /^\| (?!what\b|promise\b|-)/.test(line));
    assert.ok(rows.length > 20);
    for (const row of rows) assert.match(row, /`[\w./-]+\.ts` "/);
  });

  for (const [file, title] of namedTests()) {
    it(`${file} has a test "${title}"`, () => {
      const text = readFileSync(join(__dirname, file), 'utf8').replace(/\s+/g, ' ');
      assert.ok(text.includes(title));
    });
  }
});
