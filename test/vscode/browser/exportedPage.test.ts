import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { cacheFolder } from '../../../src/core/cacheFolder';
import { exportRun } from '../../../src/core/export/exportRun';
import { onnxRuntimeWeb } from '../../../src/core/export/onnxBrowserSnippet';
import { tensorflowJs } from '../../../src/core/export/tfjsBrowserSnippet';
import { finish } from '../../../src/core/progress';
import { readPredictions } from '../../../src/core/run/predictions';
import { trainedRun } from '../../unit/export/trainedRun';
import { installEditor } from '../installEditor';
import { until } from '../until';

const NPM = 'https://cdn.jsdelivr.net/npm/';
const ONNX_RUNTIME = `${NPM}onnxruntime-web@${onnxRuntimeWeb.version}/dist/`;
const TENSORFLOW_JS = `${NPM}@tensorflow/tfjs@${tensorflowJs.version}/dist/`;
const pages = {
  onnx: { path: 'model.classify.html', files: [onnxRuntimeWeb.program.file, onnxRuntimeWeb.wasm.file] },
  tfjs: { path: 'model.tfjs/classify.html', files: [tensorflowJs.file] },
} as const;
const TYPES: Readonly<Record<string, string>> = {
  ...{
    '.html': 'text/html',
    '.mjs': 'text/javascript',
    '.js': 'text/javascript',
    '.json': 'application/json',
  },
};

describe('the page of an exported model', function () {
  this.timeout(300_000);
  let folder: string;
  let run: string;
  /** Where the files of npm's packages are, by their address at the mirror. */
  let mirrored: ReadonlyMap<string, string>;
  let server: Server;
  let browser: Browser;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-page-'));
    run = await trainedRun(folder, { epochs: 3 });
    for (const format of ['onnx', 'tfjs'] as const) {
      const file = join(folder, `model.${format}`);
      await finish(exportRun({ run, format, file, force: false }, new AbortController().signal));
    }
    mirrored = new Map([
      [ONNX_RUNTIME, await runtimeFolder()],
      [TENSORFLOW_JS, join(process.cwd(), 'node_modules', '@tensorflow', 'tfjs', 'dist')],
    ]);
    server = createServer((request, response) => {
      const path = join(folder, ...request.url!.split('/').map(part => basename(part)));
      response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
      readFile(path).then(
        bytes => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch({
      executablePath: (await installEditor()).browser,
      args: ['--no-sandbox', '--disable-gpu'],
    });
  });
  after(async () => {
    await browser?.close();
    server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens the page; what it fetches from the mirror comes from npm's package, `changed` on its way. */
  async function open(
    format: keyof typeof pages,
    changed: (file: string, bytes: Buffer) => Buffer = (_, bytes) => bytes,
    onConsole: (text: string) => void = () => undefined,
  ): Promise<Page> {
    const page = await browser.newPage();
    page.on('console', message => onConsole(message.text()));
    await page.route(/^https:/, async route => {
      const url = route.request().url();
      const [mirror, local] = [...mirrored].find(([address]) => url.startsWith(address)) ?? [];
      assert.ok(mirror !== undefined && local !== undefined, url);
      const file = url.slice(mirror.length);
      await route.fulfill({
        body: changed(file, await readFile(join(local, file))),
        headers: {
          'Access-Control-Allow-Origin': '*',
          'Content-Type': TYPES[extname(file)] ?? 'application/wasm',
        },
      });
    });
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/${pages[format].path}`);
    return page;
  }
  const said = (page: Page): Promise<string> =>
    until(async () => {
      const text = (await page.locator('output').textContent()) ?? '';
      return !['', 'Loading the model'].includes(text) && text;
    }, 'what the page says');

  for (const format of ['onnx', 'tfjs'] as const) {
    it(`classifies as the run did, by ${format}`, async () => {
      const page = await open(format);
      const predictions = await readPredictions(join(run, 'best.predictions.jsonl'));
      for (const { file, predicted, probabilities } of predictions) {
        await page.locator('input:enabled').setInputFiles(file);
        const [word, percent] = (await said(page)).split(' ');
        assert.equal(word, predicted);
        assert.ok(
          Math.abs(Number(percent) / 100 - Math.max(...probabilities)) < 0.05,
          `${percent} for ${file}`,
        );
        await page.locator('output').evaluate(output => (output.textContent = 'Loading the model'));
      }
      assert.equal(predictions.length, 4);
      await page.close();
    });

    for (const file of pages[format].files) {
      it(`runs nothing where a bit of ${file} is another`, async () => {
        let told = '';
        const page = await open(
          format,
          (name, bytes) => {
            if (name === file) bytes[bytes.length >> 1]! ^= 1;
            return bytes;
          },
          text => (told += text),
        );
        assert.match(await said(page), /^That did not work: /);
        assert.match(told, /integrity/);
        assert.equal(await page.locator('input').isEnabled(), false);
        await page.close();
      });
    }
  }
});

/** Where the files of npm's package are: fetched into the cache folder the first time. */
async function runtimeFolder(): Promise<string> {
  const folder = cacheFolder('editor', `onnxruntime-web-${onnxRuntimeWeb.version}`);
  if (!existsSync(folder)) {
    await mkdir(dirname(folder), { recursive: true });
    const staging = await mkdtemp(`${folder}-`);
    const run = promisify(execFile);
    const { stdout } = await run('npm', ['pack', `onnxruntime-web@${onnxRuntimeWeb.version}`, '--silent'], {
      cwd: staging,
    });
    await run('tar', ['xzf', stdout.trim()], { cwd: staging });
    await rename(staging, folder);
  }
  return join(folder, 'package', 'dist');
}
