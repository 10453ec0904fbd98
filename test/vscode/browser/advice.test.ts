import { strict as assert } from 'node:assert';
import { rm } from 'node:fs/promises';
import type { Frame } from 'playwright-core';
import type { Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { openCells } from './openCells';
import {
  closeEditor,
  accessibilityProblems,
  assertStrictPolicy,
  pageOf,
  reloadByCommand,
  runCommand,
} from './pages';

const RECIPE = {
  ...{ data: { folder: 'cells' }, model: 'efficientnet_lite0', freeze: ['_conv_stem', '_bn0'] },
  ...{ imageSize: 64, batchSize: 8, epochs: 1, augment: 'none', optimizer: { type: 'adamw', lr: 0.001 } },
};

describe('advice on what to freeze, in the editor', function () {
  this.timeout(300_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;
  let page: Frame;

  before(async () => ({ folder, editor, workbench } = await openCells(20, RECIPE)));
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const rows = async (): Promise<readonly string[]> =>
    (await page.locator('tbody tr').allInnerTexts()).map(text => text.replace(/\s+/g, ' ').trim());

  it('tells how far it is, and can be cancelled', async () => {
    await runCommand(workbench, 'Thaw: Advise What to Freeze');
    await until(
      async () =>
        (await workbench.notifications()).some(text => text.includes('What to freeze in cells.thaw.json')),
      'the progress',
    );
    await workbench.clickButton('Cancel');
    await until(
      async () => !(await workbench.notifications()).some(text => text.includes('What to freeze in')),
      'the end of it',
    );
  });

  it('compares the four cases and the recipe itself, with numbers and intervals', async () => {
    await runCommand(workbench, 'Thaw: Advise What to Freeze');
    page = await pageOf(workbench, 'What to Freeze', 240_000);
    await page.locator('tbody tr').nth(4).waitFor();
    const said = await page.locator('.status').innerText();
    assert.match(
      said,
      /^(Train .* of 8 pictures|".*" cannot be told apart with 8 pictures\. Take the fastest)/,
    );
    const found = await rows();
    assert.equal(found.length, 5);
    assert.match(found[0]!, /^only the new last layer/);
    assert.match(found[1]!, /^what the recipe does not freeze \(the recipe\)/);
    for (const row of found) assert.match(row, /\d\d?\.\d% to \d+\.\d% [\d.]+ s [\d.]+ s (the best|.*p = )/);
    assert.equal(await page.locator('svg.interval').count(), 5);
    assert.equal(await page.locator('tr.taken').count(), 1);
    assert.deepEqual(editor.runFolders(), []);
  });

  it('writes a freeze set into the recipe, which undo takes back', async () => {
    await page.locator('tr', { hasText: 'everything, from random weights' }).locator('vscode-button').click();
    await page.locator('.status', { hasText: 'Undo takes it back' }).waitFor();
    await workbench.openFile('cells.thaw.json');
    await until(async () => /"freeze": \[\s*\]/.test(await workbench.editorText()), 'the freeze set');
    assert.match(await workbench.editorText(), /"weights": "none"/);
    await workbench.page.locator('.editor-group-container.active .monaco-editor').first().click();
    await workbench.page.keyboard.press('ControlOrMeta+Z');
    await until(async () => (await workbench.editorText()).includes('_conv_stem'), 'what was there before');
    assert.doesNotMatch(await workbench.editorText(), /"weights"/);
    await closeEditor(workbench, 'cells.thaw.json');
    page = await pageOf(workbench, 'What to Freeze');
    await page.locator('tr.taken').waitFor();
  });

  it('runs and loads nothing but its own', async () => {
    await assertStrictPolicy(page, /^'self' https:\/\/\*\.vscode-cdn\.net$/);
  });

  for (const theme of ['light', 'dark', 'highContrast', 'highContrastLight'] as const) {
    it(`can be used by everyone, ${theme}`, async () => {
      await workbench.setTheme(theme);
      await workbench.screenshot(`advice-${theme}`);
      assert.deepEqual(await accessibilityProblems(page), []);
    });
  }

  it('is there again when the window is reloaded, and still writes into the recipe', async () => {
    const [before, said] = [await rows(), await page.locator('.status').innerText()];
    await reloadByCommand(workbench);
    page = await pageOf(workbench, 'What to Freeze');
    await page.locator('tr.taken').waitFor();
    assert.deepEqual(await rows(), before);
    assert.equal(await page.locator('.status').innerText(), said);
    await page.locator('tr', { hasText: 'everything, from random weights' }).locator('vscode-button').click();
    await page.locator('.status', { hasText: 'Undo takes it back' }).waitFor();
    await workbench.openFile('cells.thaw.json');
    await until(async () => (await workbench.editorText()).includes('"weights": "none"'), 'the change');
  });
});
