import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { EFFICIENTNET_LITE0_WEIGHTS, runtimePins } from '../../src/core/runtime/pins';
import { pageHtml } from '../../src/extension/pageHtml';

const REPOSITORY = join(__dirname, '..', '..');

/** The program's own sources, by path, without comments. */
function sources(...folders: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const folder of folders) {
    const entries = readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      // Snippets are the text of programs for a person to run.
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('Snippet.ts')) continue;
      const path = join(entry.parentPath, entry.name);
      const text = readFileSync(path, 'utf8').replace(/\/\*\*?[^]*?\*\/|^\s*\/\/.*$/gm, '');
      files.set(relative(REPOSITORY, path).split(sep).join('/'), text);
    }
  }
  return files;
}

const all = sources('src', 'webview');

/** Files in which something is. */
function filesWith(pattern: RegExp, files = all): readonly string[] {
  return [...files].filter(([, text]) => pattern.test(text)).map(([path]) => path);
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, Record<string, unknown>>> };
    readonly commands: readonly { readonly command: string; readonly enablement?: string }[];
  };
}
const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as Manifest;

describe('The program', () => {
  it('opens no port', () => {
    assert.deepEqual(filesWith(/'(node:)?(net|http|https|http2|dgram|tls|cluster|inspector)'/), [
      // By which of its addresses this machine would reach another; no packet is sent.
      'src/core/torchrun/meetingPlace.ts',
    ]);
    assert.deepEqual(filesWith(/\.listen\(|\.bind\(\d|createServer\(|WebSocketServer/), []);
  });

  it('starts programs in five places, without a shell', () => {
    assert.deepEqual(filesWith(/from '(node:)?child_process'/).toSorted(), [
      'src/core/download/runProgram.ts',
      'src/core/torchrun/runTorchrun.ts',
      // Itself, once more.
      'src/core/training/featureProcesses.ts',
      'src/extension/training/startWorker.ts',
      // The type alone.
      'src/extension/training/trainingRuns.ts',
      // Itself, for what the extension host must not do.
      'src/extension/workerTask.ts',
    ]);
    assert.match(all.get('src/extension/training/trainingRuns.ts')!, /import type \{ ChildProcess \}/);
    assert.deepEqual(filesWith(/\bshell: (?!false)|\bexec(Sync|File|FileSync)?\(['"`]/), []);
  });

  it('runs no text as code', () => {
    assert.deepEqual(filesWith(/\beval\(|new Function\(|from '(node:)?vm'|runIn\w*Context/), []);
  });

  it('fetches in one place, https alone, and tells nobody anything', () => {
    const fetching = /globalThis\.fetch\b|XMLHttpRequest|WebSocket|EventSource|sendBeacon|undici/;
    assert.deepEqual(filesWith(fetching), ['src/core/download/fetchFile.ts']);
    const insecure = [...all].flatMap(([path, text]) =>
      [...text.matchAll(/http:\/\/[^'"`\s]+/g)].map(([url]) => `${path} ${url}`),
    );
    // Names of XML, not addresses.
    assert.deepEqual(
      insecure.filter(found => !found.includes('http://www.w3.org/')),
      [],
    );
    assert.deepEqual(filesWith(/createTelemetryLogger|TelemetryLogger|analytics|sentry/i), []);
  });

  it('names every package that it fetches by its whole sha256', () => {
    const machines = [
      ['linux', 'x64', false],
      ['linux', 'x64', true],
      ['linux', 'arm64', false],
      ['darwin', 'arm64', false],
    ] as const;
    const wheels = machines.flatMap(([platform, arch, withCuda]) => {
      const { tensorflow, cuda } = runtimePins(platform, arch, withCuda)!;
      return [tensorflow, ...cuda];
    });
    for (const { file, sha256 } of [...wheels, EFFICIENTNET_LITE0_WEIGHTS])
      assert.match(sha256, /^[0-9a-f]{64}$/, file);
  });

  it('reads files of strangers through regularFile.ts, which has their limits', () => {
    const own = [
      // Its own files: of the program, the cache folder, the system, or that it has just written.
      ...[
        'src/cli/demo.ts',
        'src/cli/programFolder.ts',
        'src/core/demo/fourCases.ts',
        'src/core/environmentLanguage.ts',
        'src/core/demo/solarCells.ts',
      ],
      ...[
        'src/core/run/processIdentity.ts',
        'src/core/run/turn.ts',
        'src/core/runtime/buildBinding.ts',
        'src/core/runtime/findDawn.ts',
        'src/core/runtime/findWasm.ts',
      ],
      ...['src/core/torchrun/runTorchrun.ts', 'src/core/download/sha256OfFile.ts'],
    ];
    const reading = /\b(readFile|readFileSync|createReadStream)\(/;
    const readers = filesWith(reading).filter(path => !own.includes(path));
    assert.deepEqual(
      // `handle.createReadStream` is of a file that was opened there; the editor reads what it shows.
      readers.filter(path => reading.test(all.get(path)!.replace(/\b(handle|fs)\.\w+\(/g, ''))),
      [],
    );
  });
});

describe('The extension', () => {
  const { properties } = manifest.contributes.configuration;

  it('lets no workspace say which folder or program is used', () => {
    const texts = Object.entries(properties).filter(([, { type }]) => type === 'string');
    assert.ok(texts.length > 0);
    for (const [name, { scope }] of texts) assert.equal(scope, 'machine', name);
  });

  it('offers what runs programs by itself only where the workspace is trusted', () => {
    const { commands } = manifest.contributes;
    for (const name of ['thaw.installEngine', 'thaw.checkMachine'])
      assert.match(commands.find(({ command }) => command === name)!.enablement!, /isWorkspaceTrusted/);
  });

  it('shows no message that may have links in it', () => {
    const extension = sources('src/extension');
    const calls = [...extension].flatMap(([path, text]) =>
      [...text.matchAll(/\bshow(?:Error|Warning|Information)Message\(\s*(\w+)/g)].map(([, first]) => [
        path,
        first,
      ]),
    );
    assert.ok(calls.length > 10);
    assert.deepEqual(
      calls.filter(([, first]) => first !== 'plainMessage'),
      [],
    );
  });

  it('trusts no Markdown and lets none of it be HTML', () => {
    assert.deepEqual(filesWith(/\.isTrusted = |supportHtml|supportThemeIcons/), []);
  });

  it('makes no HTML of text in its pages', () => {
    const made =
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe/;
    assert.deepEqual(filesWith(made, sources('webview')), []);
  });
});

describe('The document of a page', () => {
  const options = {
    cspSource: 'https://pages.example',
    script: 'https://pages.example/a.js?"><script>',
    style: 'https://pages.example/a.css',
    pictures: undefined,
    ...{ language: 'de', texts: undefined },
  };
  const html = pageHtml({ ...options, title: 'Best Epoch: </title><img src=x onerror=alert(1)>' });

  it('loads nothing but its own, and runs nothing but its one script', () => {
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)!;
    const read = policy!.replace(/&#39;/g, "'");
    assert.match(
      read,
      /^default-src 'none'; script-src 'nonce-[\w+/]{24}'; style-src https:\/\/pages\.example 'nonce-[\w+/]{24}'; img-src https:\/\/pages\.example; base-uri 'none'; form-action 'none'$/,
    );
  });

  it('has a nonce of its own each time', () => {
    const nonces = [html, pageHtml({ ...options, title: '' })].map(text => /nonce="([^"]+)"/.exec(text)![1]);
    assert.notEqual(nonces[0], nonces[1]);
  });

  it('is in the display language where there are texts in it, else in English', () => {
    const texts = { 'Best Epoch': '"><script>最佳轮次' };
    const chinese = pageHtml({ ...options, title: '', language: 'zh-cn', texts });
    assert.match(html, /^<!DOCTYPE html>\n<html lang="en">/);
    assert.match(chinese, /^<!DOCTYPE html>\n<html lang="zh-cn" data-texts="[^<>"]+最佳轮次[^<>"]+">\n/);
  });

  it('takes names for text', () => {
    assert.equal((html.match(/<(img|script)/g) ?? []).join(), '<script');
    assert.doesNotMatch(html, /style="|onerror=alert\(1\)>/);
  });
});
