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
import { finish } from '../../../src/core/progress';
import { readPredictions } from '../../../src/core/run/predictions';
import { trainedRun } from '../../unit/export/trainedRun';
import { installEditor } from '../installEditor';
import { until } from '../until';

const { version, program, wasm } = onnxRuntimeWeb;
const TYPES: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.mjs': 'text/javascript', '.json': 'application/json' },
};

describe('the page of an exported model', function () {
  this.timeout(300_000);
  let folder: string;
  let run: string;
  let runtime: string;
  let server: Server;
  let browser: Browser;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-page-'));
    run = await trainedRun(folder, { epochs: 3 });
    const file = join(folder, 'model.onnx');
    await finish(exportRun({ run, format: 'onnx', file, force: false }, new AbortController().signal));
    runtime = await runtimeFolder();
    server = createServer((request, response) => {
      const path = join(folder, basename(request.url!));
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
    changed: (file: string, bytes: Buffer) => Buffer = (_, bytes) => bytes,
    onConsole: (text: string) => void = () => undefined,
  ): Promise<Page> {
    const page = await browser.newPage();
    page.on('console', message => onConsole(message.text()));
    const mirror = `https://cdn.jsdelivr.net/npm/onnxruntime-web@${version}/dist/`;
    await page.route(/^https:/, async route => {
      const url = route.request().url();
      assert.ok(url.startsWith(mirror), url);
      const file = url.slice(mirror.length);
      await route.fulfill({
        body: changed(file, await readFile(join(runtime, file))),
        headers: {
          'Access-Control-Allow-Origin': '*',
          'Content-Type': TYPES[extname(file)] ?? 'application/wasm',
        },
      });
    });
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/model.classify.html`);
    return page;
  }
  const said = (page: Page): Promise<string> =>
    until(async () => {
      const text = (await page.locator('output').textContent()) ?? '';
      return text !== 'Loading the model' && text;
    }, 'what the page says');

  it('classifies as the run did', async () => {
    const page = await open();
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

  for (const { file } of [program, wasm]) {
    it(`runs nothing where a bit of ${file} is another`, async () => {
      let told = '';
      const page = await open(
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
});

/** Where the files of npm's package are: fetched into the cache folder the first time. */
async function runtimeFolder(): Promise<string> {
  const folder = cacheFolder('editor', `onnxruntime-web-${version}`);
  if (!existsSync(folder)) {
    await mkdir(dirname(folder), { recursive: true });
    const staging = await mkdtemp(`${folder}-`);
    const run = promisify(execFile);
    const { stdout } = await run('npm', ['pack', `onnxruntime-web@${version}`, '--silent'], { cwd: staging });
    await run('tar', ['xzf', stdout.trim()], { cwd: staging });
    await rename(staging, folder);
  }
  return join(folder, 'package', 'dist');
}
