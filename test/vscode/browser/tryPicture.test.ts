import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { MOST_PICTURE_BYTES } from '../../../src/protocol/pageMessages';
import { thaw } from '../../unit/cli/runThaw';
import { startEditor, type Editor } from '../startEditor';
import type { Workbench } from '../workbench';
import { accessibilityProblems } from './pages';
import { LEAVES_RUN, LEAVES_SIDE, openBestEpoch, trainedLeaves } from './trainedLeaves';

/** Starting an engine and computing. */
const COMPUTED_WITHIN = 90_000;

describe('trying a picture on the page of the best epoch', function () {
  this.timeout(300_000);
  let folder: string;
  let picture: string;
  let editor: Editor;
  let workbench: Workbench;
  let page: Frame;
  before(async () => {
    folder = await trainedLeaves();
    picture = join(folder, 'leaves', 'oak', 'oak-000.jpg');
    editor = await startEditor({ workspace: folder });
    workbench = await editor.openWindow();
    page = await openBestEpoch(workbench);
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const choose = (shown: Frame) => shown.locator('.trial input[type="file"]');

  /** Gives the page a file as a drop or a paste does. */
  async function give(how: 'drop' | 'paste', name: string): Promise<void> {
    const bytes = (await readFile(picture)).toString('base64');
    await page.evaluate(
      ([how, name, bytes]) => {
        const transfer = new DataTransfer();
        const content = Uint8Array.from(atob(bytes), character => character.charCodeAt(0));
        transfer.items.add(new File([content], name, { type: 'image/jpeg' }));
        const given =
          how === 'drop'
            ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true });
        document.body.dispatchEvent(given);
      },
      [how, name, bytes] as const,
    );
  }

  /** Waits for what is said of a file of that name. */
  async function tried(name: string, shown = page): Promise<readonly string[]> {
    await shown
      .locator('.trial [role="status"]', { hasText: new RegExp(`^${name}$`) })
      .waitFor({ timeout: COMPUTED_WITHIN });
    return shown.locator('.chances li').allInnerTexts();
  }

  it('says of a chosen one what the command line says, over what the model saw', async () => {
    await choose(page).setInputFiles(picture);
    const rows = await tried('oak-000.jpg');
    const { code, stdout, stderr } = await thaw(['predict', join(folder, LEAVES_RUN), picture]);
    assert.equal(code, 0, stderr);
    const [name, percent] = rows[0]!.split(/\s+/);
    assert.ok(stdout.includes(`${name!} ${percent!.replace('%', '')}`), `${stdout} ${rows[0]}`);
    assert.equal(rows.length, 4);
    const width = await page
      .locator('.tried img')
      .evaluate(image => (image as HTMLImageElement).naturalWidth);
    assert.equal(width, LEAVES_SIDE);
    await page.locator('.tried', { hasText: new RegExp(`spoke .*for ${name!}`) }).waitFor();
  });

  for (const how of ['drop', 'paste'] as const) {
    it(`takes one by ${how}`, async () => {
      const rows = await page.locator('.chances li').allInnerTexts();
      await give(how, `${how}.jpg`);
      assert.deepEqual(await tried(`${how}.jpg`), rows);
    });
  }

  it('says what is wrong with a file, by its name', async () => {
    await choose(page).setInputFiles({
      name: 'notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('no'),
    });
    const alert = page.locator('.trial [role="alert"]');
    await alert
      .filter({ hasText: 'The image notes.txt cannot be read' })
      .waitFor({ timeout: COMPUTED_WITHIN });
    const large = { name: 'large.tif', mimeType: 'image/tiff', buffer: Buffer.alloc(MOST_PICTURE_BYTES + 1) };
    await choose(page).setInputFiles(large);
    await alert.filter({ hasText: 'large.tif is larger than 32 MB: choose a smaller picture.' }).waitFor();
  });

  it('keeps nothing of them', async () => {
    assert.deepEqual(
      (await readdir(tmpdir())).filter(name => name.startsWith('thaw-picture-')),
      [],
    );
  });

  for (const theme of ['light', 'highContrastLight'] as const) {
    it(`can be used by everyone, ${theme}`, async () => {
      const other = await editor.openWindow({ theme });
      const shown = await openBestEpoch(other);
      await choose(shown).setInputFiles(picture);
      await tried('oak-000.jpg', shown);
      await other.screenshot(`tryPicture-${theme}`);
      assert.deepEqual(await accessibilityProblems(shown), []);
      await other.close();
    });
  }
});
