import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { openCells } from './openCells';
import { pageOf, reloadByCommand } from './pages';

const RECIPE = {
  ...{ data: { folder: 'cells' }, model: 'efficientnet_lite0', weights: 'imagenet', freeze: ['_conv_stem'] },
  ...{ optimizer: { type: 'adamw', lr: 0.003 }, batchSize: 8, epochs: 9999 },
};

describe('fine-tuning on 40 photographs, from the first click to the best epoch', function () {
  this.timeout(240_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;

  before(async () => ({ folder, editor, workbench } = await openCells(20, RECIPE)));
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const runs = (): readonly string[] => editor.runFolders();
  const events = (): string => {
    const file = join(runs()[0] ?? '', 'events.jsonl');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  /** Points of the curve of the test phase's losses. */
  const points = async (plots: Frame): Promise<number> => {
    const curve = plots.locator('.chart').first().locator('path.line.test');
    const path = (await curve.count()) > 0 ? await curve.first().getAttribute('d') : '';
    return path!.match(/[ML]/g)?.length ?? 0;
  };
  const checked = async (): Promise<readonly string[]> =>
    (await workbench.treeItems('Layers')).filter(({ checked }) => checked).map(({ label }) => label);
  const checkedAre = (expected: readonly string[]) =>
    until(async () => `${await checked()}` === `${expected}`, `${expected} to be frozen`);
  const openBestEpoch = async (window: Workbench): Promise<void> => {
    await window.runCommand('Thaw: Open Best Epoch');
    await window.pickQuickInput('cells');
  };
  const trainsInStatusBar = () =>
    until(async () => (await workbench.statusBar()).some(text => /epoch/i.test(text)), 'the status bar');

  it('freezes the blocks by a click, takes that back and does it again', async () => {
    await checkedAre(['_conv_stem']);
    await workbench.clickCheckbox('Layers', '_blocks');
    await until(async () => /_blocks/.test(await workbench.editorText()), 'the edit');
    await workbench.page.keyboard.press('Control+Z');
    await checkedAre(['_conv_stem']);
    await workbench.clickCheckbox('Layers', '_bn0');
    await checkedAre(['_conv_stem', '_bn0']);
    await until(async () => /"_bn0"/.test(await workbench.editorText()), 'the edit');
    await workbench.clickCheckbox('Layers', '_blocks');
    await checkedAre(['_conv_stem', '_bn0', '_blocks']);
    await until(async () => /"_blocks"/.test(await workbench.editorText()), 'the edit');
  });

  it('sets the classes from the palette', async () => {
    await workbench.runCommand('Thaw: Set Output Class Count');
    await until(async () => (await workbench.quickInputMessage()) !== '', 'what it does');
    await workbench.acceptQuickInput('2');
    await until(async () => /"classes": 2/.test(await workbench.editorText()), 'the edit');
  });

  it('starts, shows the plots by itself, and their points as they come', async () => {
    await workbench.runCommand('Thaw: Start Fine-Tune');
    const plots = await pageOf(workbench, 'Plots');
    await until(async () => (await points(plots)) >= 2, 'points of an epoch', 120_000);
    const before = await points(plots);
    await until(async () => (await points(plots)) > before, 'more points');
    await trainsInStatusBar();
    await workbench.screenshot('fine-tune-running');
  });

  it('goes on when the window is reloaded, and is found again with its whole curve', async () => {
    const before = events().length;
    await reloadByCommand(workbench);
    await until(() => events().length > before, 'more epochs');
    await until(async () => (await workbench.treeItems('Runs')).length === 1, 'the run in its view');
    await trainsInStatusBar();
    const plots = await pageOf(workbench, 'Plots');
    const epochs = events().split('"phase":"test"').length - 1;
    await until(async () => (await points(plots)) >= epochs, 'all epochs');
  });

  it('stops when it is told to, and keeps the best epoch', async () => {
    await workbench.runCommand('Thaw: Stop Fine-Tune');
    await until(() => events().includes('runEnded'), 'the end', 60_000);
    assert.equal(/"status":"(\w+)"/.exec(events())![1], 'cancelled');
    assert.ok(existsSync(join(runs()[0]!, 'best.safetensors')));
    const recipe = JSON.parse(await readFile(join(runs()[0]!, 'recipe.json'), 'utf8')) as typeof RECIPE;
    assert.deepEqual(recipe.freeze, ['_conv_stem', '_bn0', '_blocks']);
    await workbench.screenshot('fine-tune-stopped');
  });

  it('opens the best epoch, where a cell of the confusion matrix shows its photographs', async () => {
    await openBestEpoch(workbench);
    const page = await pageOf(workbench, 'Best Epoch: cells');
    const cell = page.locator('.matrix tbody td.some').first();
    await cell.click();
    const photo = page.locator('.gallery img').first();
    await until(async () => {
      try {
        // Pictures are loaded when they are looked at.
        await photo.scrollIntoViewIfNeeded({ timeout: 1000 });
        return await photo.evaluate(image => (image as HTMLImageElement).naturalWidth === 300);
      } catch {
        // The gallery was made anew.
        return false;
      }
    }, 'a photograph');
  });

  for (const theme of ['light', 'dark', 'highContrast'] as const) {
    it(`looks right in the ${theme} theme`, async () => {
      const window = await editor.openWindow({ theme });
      await window.openFile('cells.thaw.json');
      await window.openContainer('Thaw');
      await window.treeRow('Layers', '_fc').waitFor();
      await window.runCommand('Thaw: Show Plots');
      await until(async () => (await points(await pageOf(window, 'Plots'))) > 0, 'the curve');
      await window.screenshot(`journey-plots-${theme}`);
      await openBestEpoch(window);
      const page = await pageOf(window, 'Best Epoch: cells');
      await page.locator('.matrix tbody td.some').first().click();
      await page.locator('.gallery img').first().waitFor();
      await window.screenshot(`journey-best-${theme}`);
      await window.close();
    });
  }
});
