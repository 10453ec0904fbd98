import { strict as assert } from 'node:assert';
import { startEditor, type Editor } from '../startEditor';
import type { Workbench } from '../workbench';

describe('the Thaw container', () => {
  let editor: Editor;
  let workbench: Workbench;

  before(async () => {
    editor = await startEditor();
    workbench = await editor.openWindow();
  });
  after(() => editor.stop());

  it('shows its two views', async () => {
    await workbench.openContainer('Thaw');
    const headers = workbench.page.locator('.sidebar .pane-header .title');
    await headers.nth(1).waitFor();
    assert.deepEqual(await headers.allInnerTexts(), ['Layers', 'Runs']);
  });

  for (const theme of ['light', 'dark', 'highContrast'] as const) {
    it(`has its mark in the activity bar, ${theme}`, async () => {
      await workbench.setTheme(theme);
      const mark = workbench.page.locator('.activitybar .action-label[aria-label="Thaw"]');
      const image = await mark.evaluate(element => getComputedStyle(element).maskImage);
      assert.match(image, /thaw\.svg/);
      await workbench.screenshot(`container-${theme}`);
    });
  }
});
