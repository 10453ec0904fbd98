import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { writeThawDocument } from '../../../src/core/notebook/thawDocument';
import type { RunSettings } from '../../../src/core/run/runFolder';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { NotebookEditor } from './notebookEditor';
import { closeEditor, accessibilityProblems, assertStrictPolicy, runCommand } from './pages';
import { LEAVES_RECIPE, LEAVES_RUN, LEAVES_SIDE, openBestEpoch, trainedLeaves } from './trainedLeaves';

/** Starting an engine and computing. */
const COMPUTED_WITHIN = 90_000;

/** The run again, as one whose heat maps take long: of large pictures, on the slower engine. */
async function copySlow(run: string, copy: string): Promise<void> {
  await cp(run, copy, { recursive: true });
  const file = join(copy, 'recipe.json');
  const { resolved, ...recipe } = JSON.parse(await readFile(file, 'utf8')) as {
    resolved: RunSettings['resolved'];
  };
  const preprocessing = { ...resolved.preprocessing, resize: 1700, crop: 1536 };
  const slow = { ...recipe, name: 'slow', engine: 'wasm', resolved: { ...resolved, preprocessing } };
  await writeFile(file, JSON.stringify(slow));
  const events = join(copy, 'events.jsonl');
  await writeFile(events, (await readFile(events, 'utf8')).replace('"name":"leaves"', '"name":"slow"'));
}

/** The sentences below the pictures, once all are heat maps whose image is as wide as the model sees it. */
function sentences(within: Locator): Promise<readonly string[]> {
  return until(
    async () => {
      const cards = await within.locator('.card').count();
      const widths = await within
        .locator('img.square')
        .evaluateAll(images => images.map(image => (image as HTMLImageElement).naturalWidth));
      if (widths.length < cards || widths.some(width => width !== LEAVES_SIDE)) return undefined;
      return within.locator('.card .heat').allInnerTexts();
    },
    'the heat maps',
    COMPUTED_WITHIN,
  );
}

/** What the cards call the classes of their pictures: taken for, and is. */
async function namesOf(within: Locator, what: 'taken for' | 'is'): Promise<readonly string[]> {
  const texts = await within.locator('.card .line').allInnerTexts();
  return texts
    .map(text => text.replace(/\s+/g, ' ').trim())
    .filter(text => text.startsWith(what))
    .map(text => text.slice(what.length + 1).split(' ')[0]!);
}

const spokeFor = (names: readonly string[]) => (said: readonly string[]) =>
  said.length === names.length &&
  said.every((text, i) => / spoke .*\bfor (\w+)/.exec(text)?.[1] === names[i]);

describe('heat maps', function () {
  this.timeout(300_000);
  let folder: string;
  before(async () => {
    folder = await trainedLeaves();
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  describe('in the best epoch and in a cell', () => {
    let editor: Editor;
    let workbench: Workbench;
    let page: Frame;
    let toggle: Locator;
    before(async () => {
      await writeFile(
        join(folder, 'leaves.thaw'),
        writeThawDocument({ cells: [{ kind: 'recipe', text: LEAVES_RECIPE }] }),
      );
      editor = await startEditor({ workspace: folder });
      await copySlow(join(editor.workspace, LEAVES_RUN), join(editor.workspace, `${LEAVES_RUN}-slow`));
      workbench = await editor.openWindow();
      page = await openBestEpoch(workbench);
      toggle = page.getByRole('button', { name: 'Heat Maps' });
    });
    after(() => editor?.stop());

    it('show by the keyboard alone what spoke for the class that a picture was taken for', async () => {
      const before = (await readdir(join(editor.workspace, LEAVES_RUN))).sort();
      assert.equal(await toggle.getAttribute('aria-pressed'), 'false');
      await toggle.focus();
      await toggle.press('Enter');
      await page.locator('.heat-legend', { hasText: 'Computing heat maps' }).waitFor();
      await workbench.screenshot('heatMaps-computing');
      const gallery = page.locator('.gallery');
      const said = await sentences(gallery);
      assert.ok(said.length > 0);
      assert.ok(spokeFor(await namesOf(gallery, 'taken for'))(said), said.join('\n'));
      await page.locator('.heat-legend', { hasText: 'Bright: what spoke most for the class' }).waitFor();
      // Nothing is kept in the run folder.
      assert.deepEqual((await readdir(join(editor.workspace, LEAVES_RUN))).sort(), before);
    });

    it('show what spoke for the true class, and the picture as it is again', async () => {
      const gallery = page.locator('.gallery');
      const taken = await page.locator('img.square').first().getAttribute('src');
      await page.getByRole('button', { name: 'True Class' }).press(' ');
      const said = await sentences(gallery);
      assert.ok(spokeFor(await namesOf(gallery, 'is'))(said), said.join('\n'));
      assert.notEqual(await page.locator('img.square').first().getAttribute('src'), taken);
      await toggle.press('Enter');
      assert.equal(await page.locator('img.square').count(), 0);
      assert.equal(await page.getByRole('button', { name: 'True Class' }).count(), 0);
      assert.deepEqual(await page.locator('.card .heat:visible').count(), 0);
    });

    it('stay on for the pictures of a cell of the matrix', async () => {
      await toggle.press('Enter');
      await page.locator('.matrix tbody td:not(.none)').first().click();
      await page.locator('.gallery h2', { hasText: /^\d+ pictures? of/ }).waitFor();
      await sentences(page.locator('.gallery'));
      await page.locator('vscode-button', { hasText: 'All Mistakes' }).click();
      await page.locator('.gallery h2', { hasText: 'Most confident mistakes' }).waitFor();
      await sentences(page.locator('.gallery'));
    });

    it('load nothing but what the page was sent', async () => {
      await assertStrictPolicy(page, /^'self' https:\/\/\*\.vscode-cdn\.net data:$/);
    });

    it('can be cancelled', async () => {
      const slow = await openBestEpoch(workbench, 'slow');
      const pressed = slow.getByRole('button', { name: 'Heat Maps', pressed: true });
      await slow.getByRole('button', { name: 'Heat Maps' }).press('Enter');
      await pressed.waitFor();
      const cancel = workbench.page.locator('.notifications-center.visible .monaco-button', {
        hasText: 'Cancel',
      });
      await until(
        async () => {
          await runCommand(workbench, 'Notifications: Show Notifications');
          return cancel
            .first()
            .click({ timeout: 3_000 })
            .then(
              () => true,
              () => false,
            );
        },
        'the button that cancels',
        COMPUTED_WITHIN,
      );
      await pressed.waitFor({ state: 'hidden' });
      assert.equal(await slow.locator('img.square').count(), 0);
      assert.equal(await slow.locator('.heat-maps [role="alert"]:visible').count(), 0);
      await closeEditor(workbench, 'Best Epoch: slow');
    });

    for (const theme of ['light', 'highContrast'] as const) {
      it(`can be used by everyone, ${theme}`, async () => {
        const other = await editor.openWindow({ theme });
        const shown = await openBestEpoch(other);
        await shown.getByRole('button', { name: 'Heat Maps' }).press('Enter');
        await sentences(shown.locator('.gallery'));
        await other.screenshot(`heatMaps-${theme}`);
        assert.deepEqual(await accessibilityProblems(shown), []);
        await other.close();
      });
    }

    it('are in the output of a cell, too', async () => {
      await workbench.openFile('leaves.thaw');
      const notebook = new NotebookEditor(workbench);
      await notebook.cell(0).waitFor();
      await notebook.run(0);
      const output = await notebook.runOutput(0);
      const button = output.getByRole('button', { name: 'Heat Maps' });
      await until(() => button.isVisible(), 'the mistakes', COMPUTED_WITHIN);
      await notebook.reveal(button);
      await button.press('Enter');
      const report = output.locator('.report');
      const said = await sentences(report);
      assert.ok(spokeFor(await namesOf(report, 'taken for'))(said), said.join('\n'));
      await notebook.reveal(report.locator('.card').first());
      await workbench.screenshot('heatMaps-cell');
    });
  });

  it('wait until the workspace is trusted', async () => {
    const editor = await startEditor({ workspace: folder, trust: 'restricted' });
    try {
      // Pictures of elsewhere are not shown there, so the run is about those of the copy.
      const recipe = join(editor.workspace, LEAVES_RUN, 'recipe.json');
      await writeFile(recipe, (await readFile(recipe, 'utf8')).replaceAll(folder, editor.workspace));
      const page = await openBestEpoch(await editor.openWindow());
      const toggle = page.getByRole('button', { name: 'Heat Maps' });
      await toggle.press('Enter');
      await page
        .locator('.heat-maps [role="alert"]', { hasText: 'wait until you trust this workspace' })
        .waitFor();
      assert.equal(await toggle.getAttribute('aria-pressed'), 'false');
    } finally {
      await editor.stop();
    }
  });
});
