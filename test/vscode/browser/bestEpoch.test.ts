import { strict as assert } from 'node:assert';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import sharp from 'sharp';
import { writeLayerChanges } from '../../../src/core/run/layerChanges';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import {
  closeEditor,
  accessibilityProblems,
  assertStrictPolicy,
  pageOf,
  reloadByCommand,
  runCommand,
} from './pages';
import { WrittenRun } from './runFolders';

const HOSTILE = '<img src=x onerror="document.title=1">';
const CLASSES = ['ants', 'bees', HOSTILE];
const COLOURS = ['firebrick', 'goldenrod', 'steelblue'];

/** Label, predicted class and the probability of that; each is a picture, the rest of the probability is the label's. */
const JUDGED: readonly (readonly [number, number, number])[] = [
  ...[0.9, 0.8, 0.7].map(chance => [0, 0, chance] as const),
  ...[0.95, 0.6].map(chance => [0, 1, chance] as const),
  ...[0.9, 0.8, 0.7, 0.6].map(chance => [1, 1, chance] as const),
  [2, 2, 0.99],
  [2, 0, 0.75],
];

function predictionsIn(folder: string): readonly object[] {
  return JUDGED.map(([label, predicted, chance], index) => {
    const image = `pictures/${index}.png`;
    const probabilities = [0, 0, 0];
    probabilities[label] = 1 - chance;
    probabilities[predicted] = chance;
    const names = { label: CLASSES[label], predicted: CLASSES[predicted] };
    return { image, file: join(folder, image), ...names, probabilities };
  });
}

/** Pictures of the classes, and a run whose best epoch judged them. The picture number 10 is gone. */
async function writeRun(workspace: string): Promise<WrittenRun> {
  const data = join(workspace, 'data');
  await mkdir(join(data, 'pictures'), { recursive: true });
  for (const [index, [label]] of JUDGED.entries()) {
    const size = { width: 64 + index, height: 48, channels: 3 } as const;
    const picture = sharp({ create: { ...size, background: COLOURS[label]! } });
    await picture.png().toFile(join(data, 'pictures', `${index}.png`));
  }
  await rm(join(data, 'pictures', '10.png'));
  const options = { name: 'insects', epochs: 3, classes: CLASSES, dataFolder: data };
  const run = await WrittenRun.begin(workspace, options, '2026-01-31T12-00-00');
  await run.epoch(0, 0.5, true);
  await run.epoch(1, 8 / 11, true);
  await run.end(1, 8 / 11);
  await run.predictions(predictionsIn(data));
  return run;
}

describe('the best epoch', function () {
  this.timeout(120_000);
  let editor: Editor;
  let workbench: Workbench;
  let page: Frame;
  let run: WrittenRun;

  const open = async (title = 'Best Epoch: insects'): Promise<void> => {
    await runCommand(workbench, 'Thaw: Open Best Epoch');
    await workbench.pickQuickInput('insects');
    page = await pageOf(workbench, title);
  };

  before(async () => {
    editor = await startEditor();
    run = await writeRun(editor.workspace);
    workbench = await editor.openWindow();
    await open();
    await page.locator('.matrix').waitFor();
  });
  after(() => editor.stop());

  const texts = async (selector: string): Promise<readonly string[]> =>
    (await page.locator(selector).allInnerTexts()).map(text => text.replace(/\s+/g, ' ').trim());
  const gallery = async (title: string): Promise<readonly string[]> => {
    await page.locator('.gallery h2', { hasText: title }).waitFor();
    return texts('.card');
  };

  it('tells what it reached', async () => {
    assert.deepEqual(await texts('.numbers dd'), [
      '72.73%',
      '43.4% to 90.3%',
      '70.00%',
      '0.7111',
      '0.6536',
      '3 of 11 pictures',
    ]);
    assert.match(
      (await texts('.status'))[0]!,
      /^Epoch 1, the best of 3 · resnet18 · began .*2026.* · tensorflow/,
    );
  });

  it('counts what was taken for what', async () => {
    assert.deepEqual(await texts('.matrix tbody td'), ['3', '2', '0', '0', '4', '0', '1', '0', '1']);
    assert.equal(
      await page.locator('.matrix tbody td').nth(1).getAttribute('aria-label'),
      '2 pictures of ants taken for bees',
    );
  });

  it('tells precision, recall, F1 and support of each class', async () => {
    assert.deepEqual(await texts('.classes tbody tr'), [
      'ants 0.750 0.600 0.667 5',
      'bees 0.667 1.000 0.800 4',
      `${HOSTILE} 1.000 0.500 0.667 2`,
    ]);
    await page.locator('.classes .sort', { hasText: 'Recall' }).click();
    assert.deepEqual(
      (await texts('.classes tbody th')).map(name => name.slice(0, 4)),
      ['<img', 'ants', 'bees'],
    );
  });

  it('tells how far the probabilities can be believed', async () => {
    assert.match(
      (await texts('.calibration-of p'))[0]!,
      /^Its likeliest class has 79\.0% on average and is right in 72\.7%: too sure\. The expected calibration error is 0\.2\d\d\. /,
    );
    assert.deepEqual(await texts('.calibration tbody tr'), [
      '53–60% 2 60.0% 50.0% 9.5% to 90.5%',
      '67–73% 2 70.0% 100.0% 34.2% to 100.0%',
      '73–80% 3 78.3% 66.7% 20.8% to 93.9%',
      '87–93% 2 90.0% 100.0% 34.2% to 100.0%',
      '93–100% 2 97.0% 50.0% 9.5% to 90.5% ≠',
    ]);
  });

  it('shows the most confident mistakes first, and a picture that is gone as such', async () => {
    assert.deepEqual(await gallery('Most confident mistakes, 3 in all'), [
      'taken for bees 95.0% is ants 5.0% 3.png',
      `Picture not found taken for ants 75.0% is ${HOSTILE} 25.0% 10.png`,
      'taken for bees 60.0% is ants 40.0% 4.png',
    ]);
    const widths = (): Promise<readonly number[]> =>
      page
        .locator('img.thumbnail')
        .evaluateAll(images => images.map(image => (image as HTMLImageElement).naturalWidth));
    await until(async () => (await widths()).every(width => width > 0), 'the pictures');
    assert.deepEqual(await widths(), [67, 68]);
  });

  it('takes the name of a class for a name', async () => {
    assert.equal(await page.locator('img:not(.thumbnail)').count(), 0);
    assert.equal(await page.evaluate(() => document.title), 'Best Epoch: insects');
  });

  it('shows the pictures of a cell that is clicked', async () => {
    await page.locator('.matrix tbody td').nth(4).click();
    assert.deepEqual(await gallery('4 pictures of bees recognized'), [
      'is bees 90.0% 5.png',
      'is bees 80.0% 6.png',
      'is bees 70.0% 7.png',
      'is bees 60.0% 8.png',
    ]);
    assert.equal(await page.locator('.matrix [aria-selected="true"]').count(), 1);
  });

  it('shows the pictures of a cell that is chosen by keys', async () => {
    const focused = page.locator('.matrix td:focus');
    await page.locator('.matrix td[tabindex="0"]').focus();
    for (const key of ['ArrowUp', 'Home', 'ArrowRight', 'Enter']) await focused.press(key);
    assert.deepEqual(await gallery('2 pictures of ants taken for bees'), [
      'taken for bees 95.0% is ants 5.0% 3.png',
      'taken for bees 60.0% is ants 40.0% 4.png',
    ]);
  });

  it('opens a picture in the editor', async () => {
    await page.locator('.card').first().click();
    await workbench.page.locator('.tab.active', { hasText: '3.png' }).waitFor();
    await closeEditor(workbench, '3.png');
  });

  it('opens the recipe', async () => {
    await page.locator('.toolbar vscode-button', { hasText: 'Recipe' }).click();
    await workbench.page.locator('.tab.active', { hasText: 'recipe.json' }).waitFor();
    await closeEditor(workbench, 'recipe.json');
  });

  it('comes back with its cell when the window is reloaded', async () => {
    await reloadByCommand(workbench);
    page = await pageOf(workbench, 'Best Epoch: insects');
    assert.equal((await gallery('2 pictures of ants taken for bees')).length, 2);
    await page.locator('vscode-button', { hasText: 'All Mistakes' }).click();
    assert.equal((await gallery('Most confident mistakes')).length, 3);
  });

  it('tells that frozen layers did not move, where the run wrote it', async () => {
    assert.match((await texts('.layers-of p'))[0]!, /freezes conv1, layer1\. This run did not record/);
    await writeLayerChanges(run.folder, [
      { path: 'conv1', frozen: true, parameters: 9408, maxChange: 0 },
      { path: 'fc', frozen: false, parameters: 1539, maxChange: 0.0213 },
    ]);
    await closeEditor(workbench, 'Best Epoch: insects');
    await open();
    await page.locator('table.layers').waitFor();
    assert.deepEqual(await texts('.layers-of p, .layers tbody tr'), [
      '1 layer with 9,408 parameters did not move: the largest change of any number is 0.',
      'conv1 frozen 9,408 0',
      'fc trained 1,539 0.021',
    ]);
  });

  it('runs and loads nothing but its own', async () => {
    await assertStrictPolicy(page, /^'self' https:\/\/\*\.vscode-cdn\.net data:$/);
  });

  for (const theme of ['light', 'dark', 'highContrast', 'highContrastLight'] as const) {
    it(`can be used by everyone, ${theme}`, async () => {
      const other = await editor.openWindow({ theme });
      await runCommand(other, 'Thaw: Open Best Epoch');
      await other.pickQuickInput('insects');
      const shown = await pageOf(other, 'Best Epoch: insects');
      await shown.locator('.matrix tbody td').nth(1).click();
      await shown.locator('.gallery h2', { hasText: 'ants taken for bees' }).waitFor();
      await other.screenshot(`bestEpoch-${theme}`);
      assert.deepEqual(await accessibilityProblems(shown), []);
      await other.close();
    });
  }

  it('says what is wrong with a damaged folder', async () => {
    await writeFile(join(run.folder, 'best.predictions.jsonl'), '{"image":"pictures/0.png","file":');
    await closeEditor(workbench, 'Best Epoch: insects');
    await open();
    await page
      .locator('[role="alert"]', { hasText: 'best.predictions.jsonl is damaged in line 1.' })
      .waitFor();
    assert.deepEqual(await accessibilityProblems(page), []);
  });

  it('says what is missing, and follows a run that is still training', async () => {
    const options = {
      name: 'young',
      epochs: 3,
      classes: CLASSES,
      dataFolder: join(editor.workspace, 'data'),
    };
    const young = await WrittenRun.begin(editor.workspace, options, '2026-01-31T13-00-00');
    await closeEditor(workbench, 'Best Epoch: insects');
    await runCommand(workbench, 'Thaw: Open Best Epoch');
    await workbench.pickQuickInput('young');
    page = await pageOf(workbench, 'Best Epoch: young');
    await page.locator('[role="alert"]', { hasText: 'This run has no best epoch yet' }).waitFor();
    await young.predictions(predictionsIn(join(editor.workspace, 'data')));
    await young.epoch(0, 8 / 11, true);
    // The page is loaded anew, now that it is known where its pictures are.
    await until(async () => {
      page = await pageOf(workbench, 'Best Epoch: young');
      return page
        .locator('.matrix')
        .isVisible()
        .catch(() => false);
    }, 'the matrix');
    assert.equal((await texts('.numbers dd'))[0], '72.73%');
    await young.end(0, 8 / 11);
  });
});

describe('the best epoch in a workspace that is not trusted', function () {
  this.timeout(120_000);
  let editor: Editor;
  before(async () => {
    editor = await startEditor({ trust: 'restricted' });
  });
  after(() => editor.stop());

  it('shows pictures of the workspace, but none that lie elsewhere', async () => {
    const run = await writeRun(editor.workspace);
    const workbench = await editor.openWindow();
    const missing = async (): Promise<number> => {
      await runCommand(workbench, 'Thaw: Open Best Epoch');
      await workbench.pickQuickInput('insects');
      const page = await pageOf(workbench, 'Best Epoch: insects');
      await page.locator('.gallery h2', { hasText: 'Most confident mistakes' }).waitFor();
      const count = await page.locator('.missing').count();
      await closeEditor(workbench, 'Best Epoch: insects');
      return count;
    };
    assert.equal(await missing(), 1);
    const recipe = join(run.folder, 'recipe.json');
    const elsewhere = {
      ...JSON.parse(await readFile(recipe, 'utf8')),
      data: { folder: join(editor.workspace, '..') },
    };
    await writeFile(recipe, JSON.stringify(elsewhere));
    assert.equal(await missing(), 3);
  });
});
