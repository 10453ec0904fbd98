import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { printable } from '../../../src/protocol/printable';
import { plainPictures } from '../plainPictures';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { NotebookEditor } from './notebookEditor';
import { assertStrictPolicy, pageOf } from './pages';
import { WrittenRun } from './runFolders';

/** Names that would be HTML, a script, or a link that runs a command, were they not taken for text. */
const HTML = '<img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1<';
const LINK = '[mend](command:workbench.action.files.newUntitledFile)';
const NAME = `${LINK} ${HTML}`;
/** Turns what follows around, and clears a terminal. */
const STEERING = '\u202egnp.\u001b[2J\u0007';
const CLASSES = [`ants ${HTML}`, `bees ${LINK}`, `wasps ${STEERING}`];

/** What those names would have set, in the page where it runs. */
function owned(): number | undefined {
  return (globalThis as { owned?: number }).owned;
}

describe('a workspace of a stranger', function () {
  this.timeout(240_000);
  let editor: Editor;
  let workbench: Workbench;
  let run: WrittenRun;
  before(async () => {
    editor = await startEditor({ trust: 'restricted' });
    const data = join(editor.workspace, 'pictures');
    await plainPictures(data, CLASSES, 2);
    const options = { name: `${NAME}${STEERING}`, epochs: 9, classes: CLASSES, dataFolder: data };
    run = await WrittenRun.begin(editor.workspace, options, '2026-01-31T12-00-00');
    await run.epoch(0, 0.5, true);
    await run.predictions(
      CLASSES.map((label, index) => {
        const taken = (index + 1) % CLASSES.length;
        return {
          ...{ image: `${label}/0.png`, file: join(data, label, '0.png'), label, predicted: CLASSES[taken] },
          probabilities: CLASSES.map((_, number) => (number === taken ? 0.8 : 0.1)),
        };
      }),
    );
    const summary = {
      ...{ status: 'failed', model: HTML, epochs: 1, bestEpoch: 0, bestAccuracy: 0.5, seconds: 1 },
      message: `${NAME}${STEERING}`,
    };
    const folder = relative(editor.workspace, run.folder);
    const output = { version: 1, runs: [{ folder, name: `${NAME}${STEERING}`, variant: HTML, summary }] };
    const cells = [
      { kind: 'markdown', text: ['# notes'] },
      { kind: 'recipe', text: ['{}'], output },
    ];
    await writeFile(join(editor.workspace, 'a.thaw'), JSON.stringify({ version: 1, cells }));
    workbench = await editor.openWindow();
  });
  after(() => editor?.stop());

  /** That a page shows the name as text, and that nothing of it became an element or was run. */
  async function assertPlain(page: Frame): Promise<void> {
    assert.equal(await page.locator('[onerror], body script:not([nonce]), a[href^="command:"]').count(), 0);
    assert.equal(await page.evaluate(owned), undefined);
    assert.equal(await page.locator('img[src="x"]').count(), 0);
    assertSteersNothing(await saidIn(page.locator('body')));
  }

  /** All that is shown, read out or hovers in an element, shadow roots included. */
  const saidIn = (place: Locator): Promise<string> =>
    place.first().evaluate(element => {
      const said: (string | null)[] = [];
      const places: (Element | ShadowRoot)[] = [element];
      for (const from of places) {
        said.push(from.textContent);
        for (const one of from.querySelectorAll('*')) {
          said.push(...['title', 'aria-label', 'aria-valuetext', 'alt'].map(name => one.getAttribute(name)));
          if (one.shadowRoot) places.push(one.shadowRoot);
        }
      }
      return said.join('\n');
    });
  function assertSteersNothing(text: string): void {
    const found = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.exec(text);
    assert.equal(found && text.slice(Math.max(0, found.index - 40), found.index + 40), null);
  }

  it('has names that are text in the plots', async () => {
    await workbench.runCommand('Thaw: Show Plots');
    const plots = await pageOf(workbench, 'Plots');
    await until(async () => (await plots.locator('h1').innerText()).startsWith(NAME), 'the name of the run');
    await assertPlain(plots);
    await assertStrictPolicy(plots, /blob:/);
  });

  it('has names that are text in the best epoch, and in the title of its page', async () => {
    await workbench.runCommand('Thaw: Open Best Epoch');
    await workbench.pickQuickInput(printable(`${NAME}${STEERING}`));
    const page = await pageOf(workbench, `Best Epoch: ${printable(`${NAME}${STEERING}`)}`);
    await page.locator('.gallery h2').first().waitFor();
    const text = await page.locator('body').innerText();
    for (const name of CLASSES) assert.ok(text.includes(printable(name)), name);
    await page.locator('.gallery', { hasText: 'wasps gnp.[2J' }).waitFor();
    await assertPlain(page);
    await workbench.screenshot('stranger-best-epoch');
  });

  it('has names that are text in the output of a notebook', async () => {
    await workbench.openFile('a.thaw');
    const notebook = new NotebookEditor(workbench);
    const output = await notebook.runOutput(0);
    await until(async () => (await output.innerText()).includes(HTML), 'the name of the run');
    const outputs = await notebook.outputs();
    assert.equal(await outputs.locator('[onerror], img[src="x"], a[href^="command:"]').count(), 0);
    assert.equal(await outputs.evaluate(owned), undefined);
    assertSteersNothing(await saidIn(outputs.locator('body')));
    await workbench.screenshot('stranger-notebook');
  });

  it('turns no words around in the Runs view, in titles and in the status bar', async () => {
    await workbench.openContainer('Thaw');
    await workbench.treeRow('Runs', printable(`${NAME}${STEERING}`)).hover();
    const { page } = workbench;
    await page.locator('.workbench-hover', { hasText: '3 classes' }).first().waitFor();
    for (const place of ['.monaco-workbench .sidebar', '.tabs-container', '.statusbar', '.workbench-hover'])
      assertSteersNothing(await saidIn(page.locator(place)));
  });

  it('has no link in a message, and its run is asked to stop in its own folder alone', async () => {
    run.working();
    await workbench.runCommand('Thaw: Stop Fine-Tune');
    await until(() => existsSync(join(run.folder, 'stop')), 'the request to stop');
    run.working();
    await workbench.runCommand('Thaw: Stop Fine-Tune');
    const message = await until(
      async () => (await workbench.notifications()).find(text => text.includes('has been asked to stop')),
      'the message',
    );
    assert.ok(message.includes('[mend] (command:'), message);
    assert.equal(await workbench.page.locator('.notification-list-item-message a').count(), 0);
  });
});
