import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const REPOSITORY = join(__dirname, '..', '..');

type Texts = Readonly<Record<string, string>>;

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');
const textsOf = (path: string): Texts => JSON.parse(read(path)) as Texts;

/** First arguments of all calls of `name` in the sources of a folder. */
function argumentsOf(name: string, folder: string): readonly ts.Expression[] {
  const files = readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' });
  const sources = files.filter(file => file.endsWith('.ts')).map(file => join(REPOSITORY, folder, file));
  return sources.flatMap(path => {
    const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
    const found: ts.Expression[] = [];
    const look = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && node.expression.getText() === name) found.push(node.arguments[0]!);
      ts.forEachChild(node, look);
    };
    look(source);
    return found;
  });
}

/** `{0}`, `{1}`, each once. */
const placeholdersOf = (text: string): readonly string[] =>
  [...new Set(text.match(/\{\w+\}/g) ?? [])].sort((a, b) => a.localeCompare(b));
const addressesOf = (text: string): readonly string[] => text.match(/\]\([^)]+\)|`[^`]+`/g) ?? [];

/** What lies between the names of `package.nls.LANGUAGE.json`. */
const LANGUAGES = readdirSync(REPOSITORY).flatMap(name => /^package\.nls\.(.+)\.json$/.exec(name)?.[1] ?? []);

describe('the translations', () => {
  const shared = [...argumentsOf('t', 'src'), ...argumentsOf('t', 'webview')];
  const said = [...argumentsOf('vscode.l10n.t', 'src'), ...shared];

  it('are asked for by texts that stand in the source', () => {
    assert.ok(said.length > 400);
    assert.deepEqual(
      said.filter(text => !ts.isStringLiteralLike(text)).map(text => text.getText()),
      [],
    );
  });

  it('are not asked for before the language is known', () => {
    const isCode = (node: ts.Node): boolean => ts.isFunctionLike(node) || ts.isClassLike(node);
    assert.deepEqual(
      shared.filter(text => !ts.findAncestor(text, isCode)).map(text => text.getText()),
      [],
    );
  });

  it('are of every language in both places', () => {
    assert.ok(LANGUAGES.includes('zh-cn'));
    assert.deepEqual(
      readdirSync(join(REPOSITORY, 'l10n')),
      LANGUAGES.map(language => `bundle.l10n.${language}.json`),
    );
  });

  for (const language of LANGUAGES) {
    const places: readonly (readonly [string, Texts, Texts])[] = [
      [`package.nls.${language}.json`, textsOf('package.nls.json'), textsOf(`package.nls.${language}.json`)],
      [
        `bundle.l10n.${language}.json`,
        Object.fromEntries(said.map(text => (text as ts.StringLiteral).text).map(text => [text, text])),
        textsOf(`l10n/bundle.l10n.${language}.json`),
      ],
    ];
    for (const [name, english, translated] of places) {
      describe(name, () => {
        it('translates every text, and none that is gone', () => {
          const missing = Object.keys(english).filter(key => !translated[key]);
          const stale = Object.keys(translated).filter(key => !(key in english));
          assert.deepEqual({ missing, stale }, { missing: [], stale: [] });
        });

        it('keeps placeholders, links and code', () => {
          for (const [key, text] of Object.entries(translated)) {
            const parts = (of: string): readonly string[] => [...placeholdersOf(of), ...addressesOf(of)];
            // A sentence in another language may name them in another order.
            const sorted = (of: string): readonly string[] =>
              [...parts(of)].sort((a, b) => a.localeCompare(b));
            assert.deepEqual(sorted(text), sorted(english[key] ?? ''), key);
          }
        });
      });
    }
  }

  it('have a key for every text of the manifest, and no other', () => {
    const named = new Set([...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key!));
    assert.deepEqual([...named].sort(), Object.keys(textsOf('package.nls.json')).sort());
  });
});
