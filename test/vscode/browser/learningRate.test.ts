import { strict as assert } from 'node:assert';
import { rm } from 'node:fs/promises';
import type { Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { openCells } from './openCells';
import { accessibilityProblems, closeEditor, pageOf, reloadByCommand } from './pages';

const RECIPE = {
  ...{ data: { folder: 'cells' }, model: 'efficientnet_lite0', freeze: ['_conv_stem', '_bn0', '_blocks'] },
  ...{ imageSize: 96, batchSize: 8, optimizer: { type: 'adamw', lr: 0.00001 } },
};

describe('looking for a learning rate in the editor', function () {
  this.timeout(180_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;

  before(async () => ({ folder, editor, workbench } = await openCells(16, RECIPE)));
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('draws the loss over the rates, writes the suggestion into the recipe, and leaves no run', async () => {
    await workbench.runCommand('Thaw: Find Learning Rate');
    const page = await pageOf(workbench, 'Learning Rate');
    await page.locator('.chart path.line.test').waitFor({ timeout: 120_000 });
    const said = await page.locator('.status').innerText();
    const suggestion = /^The loss falls most steeply at ([\d.e-]+)\.$/.exec(said)?.[1];
    assert.ok(suggestion !== undefined, said);
    const ticks = await page.locator('.chart text.tick.middle').allTextContents();
    assert.ok(ticks.includes('1e-7') && ticks.includes('1e-3'), ticks.join());
    assert.deepEqual(await accessibilityProblems(page), []);
    await page.locator('summary').click();
    const rows = await page.locator('table.data tbody tr').count();
    assert.ok(rows > 50 && rows <= 100, `${rows}`);
    await page.locator('summary').click();
    await workbench.screenshot('learning-rate');

    await page.locator('vscode-button', { hasText: `Write ${suggestion} into the Recipe` }).click();
    await page.locator('.status', { hasText: 'Undo takes it back' }).waitFor();
    await workbench.openFile('cells.thaw.json');
    await until(async () => (await workbench.editorText()).includes(`"lr": ${suggestion}`), 'the new rate');
    assert.deepEqual(editor.runFolders(), []);
  });

  it('is there again when the window is reloaded', async () => {
    await closeEditor(workbench, 'cells.thaw.json');
    const before = await (await pageOf(workbench, 'Learning Rate')).locator('table.data').textContent();
    await reloadByCommand(workbench);
    const page = await pageOf(workbench, 'Learning Rate');
    await page.locator('.chart path.line.test').waitFor();
    assert.equal(await page.locator('table.data').textContent(), before);
    await page.locator('vscode-button', { hasText: 'into the Recipe' }).click();
    await page.locator('.status', { hasText: 'Undo takes it back' }).waitFor();
  });
});
