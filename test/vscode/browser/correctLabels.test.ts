import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { parseCorrections } from '../../../src/core/dataset/corrections';
import { thaw } from '../../unit/cli/runThaw';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { accessibilityProblems } from './pages';
import { openBestEpoch, trainedLeaves } from './trainedLeaves';

describe('correcting labels in the best epoch', function () {
  this.timeout(300_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;
  let page: Frame;
  let cards: Locator;
  let names: readonly string[];
  before(async () => {
    folder = await trainedLeaves();
    editor = await startEditor({ workspace: folder });
    workbench = await editor.openWindow();
    page = await openBestEpoch(workbench);
    cards = page.locator('.gallery .card');
    names = await cards.evaluateAll(all => all.map(card => (card as HTMLElement).title));
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Beside the pictures that the run was trained on. */
  const file = (): string => join(folder, 'leaves', 'corrections.csv');

  /** Resolves when the file says this of images, and nothing else. */
  const untilSaid = (expected: Readonly<Record<string, string>>): Promise<unknown> =>
    until(
      async () => {
        const text = await readFile(file(), 'utf8').catch(() => '');
        const lines = text === '' ? [] : parseCorrections(text, file());
        const said = Object.fromEntries(lines.map(({ image, label }) => [image, label]));
        return JSON.stringify(said) === JSON.stringify(expected) || undefined;
      },
      `corrections.csv with ${JSON.stringify(expected)}`,
    );

  const focused = (): Promise<string> => page.evaluate(() => (document.activeElement as HTMLElement).title);

  it('is off at first: keys do nothing', async () => {
    assert.equal(await page.getByRole('button', { name: /^Exclude / }).count(), 0);
    await cards.first().press('x');
    assert.equal(await readFile(file(), 'utf8').catch(() => 'no file'), 'no file');
  });

  it('leaves a picture out by a key, in a file beside the images, and goes on to the next', async () => {
    await page.getByRole('button', { name: 'Correct Labels' }).press('Enter');
    await cards.first().press('x');
    await page.locator('.corrected', { hasText: 'excluded from the next run' }).waitFor();
    await untilSaid({ [names[0]!]: '' });
    await until(async () => (await focused()) === names[1] || undefined, 'the focus on the next picture');
  });

  it('gives a picture the class that is picked, the most probable first', async () => {
    await cards.nth(1).press('r');
    await workbench.page.locator('.quick-input-title', { hasText: 'Which class is' }).waitFor();
    const label = await workbench.page
      .locator('.quick-input-list .monaco-list-row .label-name')
      .first()
      .innerText();
    await workbench.pickQuickInput(label);
    await page.locator('.corrected', { hasText: `relabelled ${label}` }).waitFor();
    await untilSaid({ [names[0]!]: '', [names[1]!]: label });
    await page
      .locator('[role="status"]', { hasText: '2 pictures here corrected in corrections.csv' })
      .waitFor();
  });

  it('takes the last one back, and the next before it', async () => {
    await page.getByRole('button', { name: 'Undo' }).click();
    await untilSaid({ [names[0]!]: '' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await untilSaid({});
    await until(
      async () => (await page.getByRole('button', { name: 'Undo' }).isDisabled()) || undefined,
      'nothing more to undo',
    );
  });

  it('changes nothing where no class is picked', async () => {
    await cards.first().press('r');
    await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor({ state: 'hidden' });
    assert.equal(await page.locator('.corrected:visible').count(), 0);
    await untilSaid({});
  });

  it('is heeded by the next run, and can be restored', async () => {
    await page.getByRole('button', { name: `Exclude ${names[0]!.split('/').at(-1)!}` }).click();
    await untilSaid({ [names[0]!]: '' });
    const { code, stdout, stderr } = await thaw([
      ...['train', join(folder, 'leaves.thaw.json'), '--out', join(folder, 'next')],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout + stderr, /corrections\.csv: 1 image was excluded/);
    await cards.first().press('u');
    await untilSaid({});
  });

  for (const theme of ['dark', 'highContrast'] as const) {
    it(`can be used by everyone, ${theme}`, async () => {
      const other = await editor.openWindow({ theme });
      const shown = await openBestEpoch(other);
      await shown.getByRole('button', { name: 'Correct Labels' }).press('Enter');
      await shown.locator('.gallery .card').first().press('x');
      await shown.locator('.corrected', { hasText: 'excluded' }).first().waitFor();
      await other.screenshot(`correctLabels-${theme}`);
      assert.deepEqual(await accessibilityProblems(shown), []);
      await shown.getByRole('button', { name: 'Undo' }).click();
      await shown.locator('.corrected:visible').waitFor({ state: 'hidden' });
      await other.close();
    });
  }
});
