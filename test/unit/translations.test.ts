import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { withTexts } from '../../.config/schemaTexts.mjs';

const REPOSITORY = join(__dirname, '..', '..');

type Texts = Readonly<Record<string, string>>;

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');
const textsOf = (path: string): Texts => JSON.parse(read(path)) as Texts;

/** The sources of a folder as trees, by their paths in the repository. */
function sourcesOf(folder: string): readonly ts.SourceFile[] {
  const files = readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' });
  const paths = files
    .filter(file => file.endsWith('.ts'))
    .map(file => join(folder, file).replaceAll('\\', '/'));
  return paths.map(path => ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true));
}

const sources = [...sourcesOf('src'), ...sourcesOf('webview')];
const TRANSLATORS = ['t', 'vscode.l10n.t'];

/** First arguments of all calls of `name` in the sources. */
function argumentsOf(name: string): readonly ts.Expression[] {
  return sources.flatMap(source => {
    const found: ts.Expression[] = [];
    const look = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && node.expression.getText() === name) found.push(node.arguments[0]!);
      ts.forEachChild(node, look);
    };
    look(source);
    return found;
  });
}

/** What a text is that stands in the source, in one piece or as a sum of pieces; undefined where it is computed. */
function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** Words, as against names and code: two of letters with a blank between them, or a word beside a value. */
const WORDS = /[A-Za-z]{2,}[,;:.]? (\{\}|[A-Za-z'"`])|(\{\}|["']) [a-z]{2,}/;

/** Files whose texts are programs, documents or for machines and models to read. */
const NOT_SPOKEN = [
  /^src\/core\/engine\/webgpu\/(conv|depthwise|gpuProgram|maxPool|readFour|sumRows)/,
  /^src\/core\/export\/\w*[sS]nippet/,
  /^src\/core\/onnx\//,
  /^src\/core\/runtime\/(findAdapter|patchBinding|probeRuntime|stderrSwitchSource)\.ts$/,
  /^src\/cli\/writeBugReport\.ts$/,
  /^src\/extension\/chat\//,
  /^src\/extension\/(notebook\/notebookSerializer|pageHtml|recipe\/classPreview)\.ts$/,
];

/** Texts that are names, keys, commands, or what others say. */
const NOT_WORDS = [
  ...[
    'cell {}',
    '{} ({} of {})',
    '{} further',
    '{} pretrained',
    '{} last layer',
    '{} (value {})',
    'unused {}',
  ],
  ...['image {}', 'group {}', 'seed {}', 'test image', 'layer {}', 'layer {} head', 'thaw features 2\n'],
  ...['upper left', 'upper right', 'lower left', 'lower right'],
  ...[' --set weights={}', "--set 'freeze={}'{}", 'node dist/cli.js train {}', 'thaw runtime install{}'],
  ...['thaw {}, Node {}, {}', '  title "{}"', '  x-axis "{}" 0 --> {}', '  y-axis "{}" 0 --> 1'],
  ...['{} {}, {} MB, compute capability {}', 'gloo and nccl', 'version https://git-lfs'],
  ...['oneDNN custom operations are on'],
];

/** Whether a node says what long work is, which may be one word. */
function isTask(node: ts.Node): boolean {
  return ts.isPropertyAssignment(node) && node.name.getText() === 'task';
}

/** What a source of the programs says without asking for a translation. */
function untranslatedIn(source: ts.SourceFile): readonly string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    const name = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression.getText() : '';
    if (TRANSLATORS.includes(name)) return (node as ts.CallExpression).arguments.slice(1).forEach(look);
    // A bug is told in English: who mends it reads it.
    if (/^((Range|Type)?Error|console\.error)$/.test(name)) return;
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isCaseClause(node)) return node.statements.forEach(look);
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'usage') return;
    const text = ts.isTemplateExpression(node)
      ? node.head.text + node.templateSpans.map(span => `{}${span.literal.text}`).join('')
      : ts.isStringLiteralLike(node)
        ? node.text
        : '';
    if (WORDS.test(text) || (text !== '' && isTask(node.parent))) found.push(text);
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

/** `{0}`, `{1}`, each once. */
const placeholdersOf = (text: string): readonly string[] =>
  [...new Set(text.match(/\{\w+\}/g) ?? [])].sort((a, b) => a.localeCompare(b));
const addressesOf = (text: string): readonly string[] => text.match(/\]\([^)]+\)|`[^`]+`/g) ?? [];

/** What the editor shows of the schemas of recipes and cells. */
function schemaTexts(): Texts {
  const texts: Record<string, string> = {};
  for (const name of ['recipe', 'cell']) {
    withTexts(JSON.parse(read(`media/${name}.schema.json`)), text => (texts[text] = text));
  }
  return texts;
}

/** What lies between the names of `package.nls.LANGUAGE.json`. */
const LANGUAGES = readdirSync(REPOSITORY).flatMap(name => /^package\.nls\.(.+)\.json$/.exec(name)?.[1] ?? []);

describe('the translations', () => {
  const shared = argumentsOf('t');
  const said = [...argumentsOf('vscode.l10n.t'), ...shared];

  it('are asked for by texts that stand in the source', () => {
    assert.ok(said.length > 1300);
    assert.deepEqual(
      said.filter(text => textOf(text) === undefined).map(text => text.getText()),
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

  it('are asked for by everything that a person is told', () => {
    const told = sources.filter(
      ({ fileName }) => fileName.startsWith('src/') && !NOT_SPOKEN.some(path => path.test(fileName)),
    );
    const texts = told.flatMap(source => untranslatedIn(source).map(text => ({ [source.fileName]: text })));
    const words = texts.filter(text => !NOT_WORDS.includes(Object.values(text)[0]!));
    assert.deepEqual(words, []);
  });

  it('leave out only what is still there', () => {
    const texts = new Set(sources.flatMap(untranslatedIn));
    assert.deepEqual(
      NOT_WORDS.filter(text => !texts.has(text)),
      [],
    );
  });

  it('are of every language in all places', () => {
    assert.ok(LANGUAGES.includes('zh-cn'));
    assert.deepEqual(
      readdirSync(join(REPOSITORY, 'l10n')),
      ['bundle', 'schema'].flatMap(what => LANGUAGES.map(language => `${what}.l10n.${language}.json`)),
    );
  });

  for (const language of LANGUAGES) {
    const places: readonly (readonly [string, Texts, Texts])[] = [
      [`package.nls.${language}.json`, textsOf('package.nls.json'), textsOf(`package.nls.${language}.json`)],
      [
        `bundle.l10n.${language}.json`,
        Object.fromEntries(said.map(text => textOf(text)!).map(text => [text, text])),
        textsOf(`l10n/bundle.l10n.${language}.json`),
      ],
      [`schema.l10n.${language}.json`, schemaTexts(), textsOf(`l10n/schema.l10n.${language}.json`)],
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
