import { strict as assert } from 'node:assert';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyPictures } from '../../unit/training/tinyPictures';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';

describe('a new recipe', () => {
  let editor: Editor;
  let workbench: Workbench;
  let workspace: string;

  before(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'thaw-new-'));
    await tinyPictures(join(workspace, 'pets'), ['cats', 'dogs'], 6);
    await writeFile(join(workspace, 'pets.thaw.json'), '{}');
    await tinyPictures(join(workspace, 'skin'), ['all'], 4);
    const rows = ['00,nv,a', '01,nv,a', '02,mel,b', '03,mel,c'];
    await writeFile(join(workspace, 'skin', 'metadata.csv'), ['image_id,dx,lesion_id', ...rows].join('\n'));
    editor = await startEditor({ workspace, trust: 'restricted' });
    workbench = await editor.openWindow();
  });
  after(async () => {
    await editor.stop();
    await rm(workspace, { recursive: true });
  });

  /** The title of the question, once it is another than before, and what it offers. */
  const question = async (title: RegExp): Promise<readonly string[]> => {
    const head = workbench.page.locator('.quick-input-widget:visible .quick-input-title');
    await until(
      async () => (await head.count()) > 0 && title.test(await head.innerText()),
      `the question ${title}`,
    );
    return workbench.quickInputItems();
  };

  /** Chooses New Recipe from the menu of a folder in the explorer. */
  const begin = async (name: string): Promise<void> => {
    const { page } = workbench;
    await workbench.openContainer('Explorer');
    const folder = page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
    const item = page.locator('.monaco-menu .action-item', { hasText: 'New Recipe' });
    // The menu closes when the window is still being filled.
    await until(async () => {
      await page.keyboard.press('Escape');
      await folder.click({ button: 'right' });
      return item.waitFor({ timeout: 1000 }).then(
        () => true,
        () => false,
      );
    }, 'the menu of the folder');
    // A menu takes no click in its first moment, which may still be the one that opened it.
    await page.waitForTimeout(300);
    await item.click();
  };

  it('begins at a folder of pictures and shows the classes, with counts and samples', async () => {
    await begin('pets');
    const offers = await question(/2\/5/);
    assert.deepEqual(
      offers.map(offer => offer.trim()),
      ['Go on with these 2 classes', 'cats', 'dogs'],
    );
    const preview = await workbench.webview('Classes');
    assert.deepEqual(await preview.locator('h2').allInnerTexts(), ['cats 6 pictures', 'dogs 6 pictures']);
    const images = preview.locator('img');
    assert.equal(await images.count(), 12);
    await until(
      () => images.evaluateAll(all => all.every(image => (image as HTMLImageElement).naturalWidth === 72)),
      'the pictures',
    );
    const policy = await preview.locator('meta[http-equiv]').getAttribute('content');
    assert.match(
      policy!,
      /^default-src 'none'; img-src 'self' [^;]*vscode-cdn\.net; style-src 'nonce-[\w+/=]+';$/,
    );
    await workbench.screenshot('new-recipe-classes');
  });

  it('asks for the model, the likeness to ImageNet in a sentence, and the case', async () => {
    await workbench.acceptQuickInput();
    assert.equal((await question(/3\/5/))[0], 'efficientnet_lite0');
    await workbench.screenshot('new-recipe-model');
    await workbench.pickQuickInput('resnet18');
    const offers = await question(/4\/5/);
    assert.deepEqual(
      offers.filter(offer => /^(Yes|No),/.test(offer)),
      ['Yes, photos of everyday things', 'No, pictures of another kind'],
    );
    await workbench.screenshot('new-recipe-similar');
    await workbench.pickQuickInput('No, pictures of another kind');
    assert.equal((await question(/5\/5/))[0], '2. Train the upper half');
    await workbench.screenshot('new-recipe-case');
  });

  it('goes back to the question before', async () => {
    await workbench.page
      .locator('.quick-input-widget:visible .quick-input-left-action-bar .action-label')
      .click();
    await question(/4\/5/);
    await workbench.pickQuickInput('No, pictures of another kind');
    await question(/5\/5/);
  });

  it('writes a recipe that says why, over nothing that is there, and opens it with its layers', async () => {
    await workbench.acceptQuickInput();
    await workbench.page.locator('.tab.active', { hasText: 'pets-2.thaw.json' }).waitFor();
    const text = await readFile(join(editor.workspace, 'pets-2.thaw.json'), 'utf8');
    assert.match(
      text,
      /^\{\n {2}\/\/ Case 2: 12 pictures of 2 classes \(cats 6, dogs 6\)\. Edges and textures/,
    );
    assert.match(
      text,
      /"data": \{ "folder": "pets" \},\n {2}"model": "resnet18",\n {2}"weights": "imagenet",\n {2}"classes": 2,/,
    );
    assert.match(text, /"freeze": \["conv1", "bn1", "relu", "maxpool", "layer1", "layer2"\]/);
    assert.equal(await readFile(join(editor.workspace, 'pets.thaw.json'), 'utf8'), '{}');
    await workbench.treeRow('Layers', 'fc').waitFor();
    const checked = (await workbench.treeItems('Layers'))
      .filter(row => row.checked)
      .map(({ label }) => label);
    assert.deepEqual(checked, ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2']);
    await workbench.screenshot('new-recipe');
  });

  it('takes the classes from a file of labels, with a column that keeps pictures together', async () => {
    await begin('skin');
    await question(/1\/5/);
    await workbench.pickQuickInput('metadata.csv');
    for (const column of ['image_id', 'dx', 'lesion_id']) {
      await until(async () => (await workbench.quickInputItems())[0] === column, `the question of ${column}`);
      await workbench.acceptQuickInput();
    }
    const offers = await question(/New Recipe \(2\/5\)/);
    assert.deepEqual(
      offers.filter(offer => ['mel', 'nv'].includes(offer)),
      ['mel', 'nv'],
    );
    await workbench.acceptQuickInput();
    await question(/3\/5/);
    await workbench.acceptQuickInput();
    await question(/4\/5/);
    await workbench.acceptQuickInput();
    assert.equal((await question(/5\/5/))[0], '1. Train only the new last layer');
    await workbench.acceptQuickInput();
    await workbench.page.locator('.tab.active', { hasText: 'skin.thaw.json' }).waitFor();
    assert.match(
      await readFile(join(editor.workspace, 'skin.thaw.json'), 'utf8'),
      /"labels": \{ "file": "skin\/metadata\.csv", "image": "image_id", "label": "dx", "group": "lesion_id" \}/,
    );
  });
});
