import { strict as assert } from 'node:assert';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import sharp from 'sharp';
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

const CLASSES = ['ants', 'bees'];
/** Of each picture its class. */
const LABELS = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];

/** A run that takes each picture for a class, by index; its recipe has fields of its own. */
async function writeRun(
  workspace: string,
  name: string,
  hour: number,
  predicted: readonly number[],
  fields: object = {},
): Promise<WrittenRun> {
  const data = join(workspace, 'data');
  const accuracy = predicted.filter((guess, index) => guess === LABELS[index]).length / LABELS.length;
  const time = `2026-01-31T${String(hour).padStart(2, '0')}-00-00`;
  const run = await WrittenRun.begin(
    workspace,
    { name, epochs: 3, classes: CLASSES, dataFolder: data },
    time,
  );
  const recipe = join(run.folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify({ ...JSON.parse(await readFile(recipe, 'utf8')), ...fields }));
  for (const epoch of [0, 1, 2]) await run.epoch(epoch, accuracy - (2 - epoch) / 10, true);
  await run.predictions(linesOf(data, predicted));
  await run.end(2, accuracy);
  return run;
}

function linesOf(data: string, predicted: readonly number[]): readonly object[] {
  return predicted.map((guess, index) => {
    const probabilities = [0.1, 0.1];
    probabilities[guess] = 0.9 - index / 100;
    const image = `${index}.png`;
    const names = { label: CLASSES[LABELS[index]!], predicted: CLASSES[guess] };
    return { image, file: join(data, image), ...names, probabilities };
  });
}

async function drawPictures(workspace: string): Promise<void> {
  const data = join(workspace, 'data');
  await mkdir(data, { recursive: true });
  for (const [index, label] of LABELS.entries()) {
    const size = { width: 64 + index, height: 48, channels: 3 } as const;
    const picture = sharp({ create: { ...size, background: label === 0 ? 'firebrick' : 'goldenrod' } });
    await picture.png().toFile(join(data, `${index}.png`));
  }
}

describe('runs side by side', function () {
  this.timeout(120_000);
  let editor: Editor;
  let workbench: Workbench;
  let page: Frame;

  before(async () => {
    editor = await startEditor();
    await drawPictures(editor.workspace);
    await writeRun(editor.workspace, 'good', 10, [0, 0, 0, 0, 1, 1, 1, 1, 1, 0], {
      ...{ optimizer: { type: 'adamw', lr: 0.001 }, batchSize: 16 },
    });
    await writeRun(editor.workspace, 'poor', 11, [0, 1, 1, 0, 1, 1, 1, 0, 1, 1], {
      ...{ optimizer: { type: 'adamw', lr: 0.1 }, batchSize: 16 },
    });
    workbench = await editor.openWindow();
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.openContainer('Thaw');
    await until(async () => (await workbench.treeItems('Runs')).length === 2, 'the runs');
  });
  after(() => editor.stop());

  const texts = async (selector: string): Promise<readonly string[]> =>
    (await page.locator(selector).allInnerTexts()).map(text => text.replace(/\s+/g, ' ').trim());
  const pictures = async (title: string): Promise<readonly string[]> => {
    await page.locator('#pair-pictures', { hasText: title }).waitFor();
    return texts('.card');
  };
  const filter = (text: string): Promise<void> => page.locator('.filter', { hasText: text }).click();

  it('open from the rows that are selected', async () => {
    await workbench.treeRow('Runs', 'good').click();
    await workbench.treeRow('Runs', 'poor').click({ modifiers: ['ControlOrMeta'] });
    await workbench.treeRow('Runs', 'poor').click({ button: 'right' });
    await workbench.clickInMenu('Compare Runs');
    page = await pageOf(workbench, 'Compare Runs');
    await page.locator('.pair .matrix').waitFor();
    assert.match((await texts('h1'))[0]!, /^(good and poor|poor and good)$/);
  });

  it('have their curves in one chart, and can be switched off there', async () => {
    const curves = page.locator('.charts .chart').first().locator('.line.test');
    assert.equal(await curves.count(), 2);
    await page.locator('.runs vscode-checkbox', { hasText: 'poor' }).click();
    await until(async () => (await curves.count()) === 1, 'one curve');
    await page.locator('.runs vscode-checkbox', { hasText: 'poor' }).press(' ');
    await until(async () => (await curves.count()) === 2, 'both curves');
  });

  it('tell only in what their recipes differ', async () => {
    const rows = await texts('.differences tbody tr');
    assert.equal(rows.length, 1);
    assert.match(rows[0]!, /^optimizer\.lr (0\.001 0\.1|0\.1 0\.001)$/);
  });

  it('have the figures of their best epochs with intervals', async () => {
    const rows = await texts('.best-epochs tbody tr');
    assert.ok(
      rows.some(row => row.startsWith('good 80.00% 49.02% to 94.33% 80.00% 0.8000')),
      rows.join(),
    );
    assert.ok(
      rows.some(row => row.startsWith('poor 60.00% 31.27% to 83.18%')),
      rows.join(),
    );
    assert.equal(await page.locator('svg.interval').count(), 2);
  });

  it('are judged by McNemar’s test on the pictures that both have', async () => {
    assert.equal(
      (await texts('.said'))[0],
      'Of the 10 test pictures of both, 3 are recognized by good alone and 1 by poor alone: the difference may well ' +
        "be chance (McNemar's test, p = 0.63).",
    );
  });

  it('have the difference of their confusion matrices', async () => {
    assert.deepEqual(await texts('.pair .matrix tbody td'), ['−2', '+2', '0', '0']);
    assert.equal(
      await page.locator('.pair .matrix tbody td').first().getAttribute('aria-label'),
      '2 pictures fewer of ants recognized by B than by A',
    );
  });

  it('show the pictures on which they differ, by who is right', async () => {
    assert.deepEqual(await texts('.filter'), [
      'They differ (4)',
      'A right, B wrong (3)',
      'B right, A wrong (1)',
      'Both wrong (1)',
    ]);
    assert.deepEqual(await pictures('4 pictures on which they differ'), [
      'is ants A ants 89.0% B bees 89.0% 1.png',
      'is ants A ants 88.0% B bees 88.0% 2.png',
      'is bees A bees 83.0% B ants 83.0% 7.png',
      'is bees A ants 81.0% B bees 81.0% 9.png',
    ]);
    await filter('B right, A wrong');
    assert.deepEqual(await pictures('1 picture that B alone recognizes'), [
      'is bees A ants 81.0% B bees 81.0% 9.png',
    ]);
    const widths = (): Promise<readonly number[]> =>
      page
        .locator('img.thumbnail')
        .evaluateAll(images => images.map(image => (image as HTMLImageElement).naturalWidth));
    await until(async () => (await widths()).every(width => width > 0), 'the pictures');
    assert.deepEqual(await widths(), [73]);
  });

  it('show the pictures that make a difference between the matrices', async () => {
    await page.locator('.pair .matrix tbody td').nth(1).click();
    assert.equal((await pictures('2 pictures of ants that one alone takes for bees')).length, 2);
    assert.equal(await page.locator('.filter[aria-pressed="true"]').count(), 0);
  });

  it('open a picture in the editor', async () => {
    await page.locator('.card').first().click();
    await workbench.page.locator('.tab.active', { hasText: '1.png' }).waitFor();
    await closeEditor(workbench, '1.png');
  });

  it('change places', async () => {
    const [a, b] = [page.locator('#pair-a'), page.locator('#pair-b')];
    const [first, second] = [await a.inputValue(), await b.inputValue()];
    await b.selectOption(first);
    await page.locator('.said', { hasText: '0 are recognized by good alone and 0 by good alone' }).waitFor();
    await a.selectOption(second);
    await page.locator('.said', { hasText: '1 are recognized by poor alone and 3 by good alone' }).waitFor();
  });

  it('go to the clipboard as Markdown', async () => {
    await page.locator('vscode-button', { hasText: 'Copy as Markdown' }).click();
    await page.locator('[role="status"]', { hasText: 'on the clipboard' }).waitFor();
    const text = await workbench.page.evaluate(() => navigator.clipboard.readText());
    assert.match(text, /^# (good and poor|poor and good)\n/);
    assert.match(text, /\| Test accuracy \| /);
  });

  it('are saved as a report', async () => {
    const box = workbench.page.locator('.quick-input-widget:visible');
    await box.waitFor({ state: 'detached' });
    await page.locator('vscode-button', { hasText: 'Save Report' }).click();
    const path = box.locator('input').first();
    await until(async () => (await path.inputValue()).endsWith('comparison.md'), 'a place for the report');
    await path.press('Enter');
    await page.locator('[role="status"]', { hasText: 'The report is saved.' }).waitFor();
    const file = join(editor.workspace, 'comparison.md');
    assert.ok((await stat(file)).size > 500);
    assert.match(await readFile(file, 'utf8'), /\| `optimizer\.lr` \|/);
  });

  it('come back as they were when the window is reloaded', async () => {
    await filter('Both wrong');
    await pictures('1 picture that neither recognizes');
    await reloadByCommand(workbench);
    page = await pageOf(workbench, 'Compare Runs');
    assert.equal((await pictures('1 picture that neither recognizes')).length, 1);
    await page.locator('.said', { hasText: '1 are recognized by poor alone and 3 by good alone' }).waitFor();
  });

  it('run and load nothing but their own', async () => {
    await assertStrictPolicy(page, /^'self' https:\/\/\*\.vscode-cdn\.net$/);
  });

  describe('of a sweep', () => {
    let live: WrittenRun;

    before(async () => {
      const fields = (lr: number, batchSize: number): object => ({
        ...{ optimizer: { type: 'adamw', lr }, batchSize },
      });
      await writeRun(editor.workspace, 'third', 12, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1], fields(0.01, 32));
      await writeRun(editor.workspace, 'fourth', 13, [1, 1, 1, 0, 1, 1, 0, 0, 1, 1], fields(0.01, 8));
      const options = {
        name: 'live',
        epochs: 5,
        classes: CLASSES,
        dataFolder: join(editor.workspace, 'data'),
      };
      live = await WrittenRun.begin(editor.workspace, options, '2026-01-31T14-00-00');
      const damaged = await writeRun(editor.workspace, 'damaged', 15, [], fields(0.02, 8));
      await writeFile(join(damaged.folder, 'best.predictions.jsonl'), '{"image":');
      await runCommand(workbench, 'Thaw: Compare Runs');
      const box = workbench.page.locator('.quick-input-widget:visible');
      await box.locator('.monaco-list-row').nth(5).waitFor();
      for (let row = 0; row < 6; row++) await box.locator('.monaco-list-row').nth(row).click();
      await box.locator('.monaco-button', { hasText: 'OK' }).click();
      page = await until(async () => {
        for (const frame of workbench.page.frames()) {
          const title = frame.locator('h1', { hasText: '6 runs side by side' });
          if ((await title.count().catch(() => 0)) > 0) return frame;
        }
        return undefined;
      }, 'the page of six runs');
      await page.locator('.parallel tbody tr').nth(5).waitFor();
    });

    const rows = (): Promise<readonly string[]> => texts('.parallel tbody tr th');

    it('are lines across the fields that differ, listed with the best first', async () => {
      const heads = await texts('.parallel thead th');
      assert.equal(heads[0], 'Run');
      assert.ok(heads.includes('optimizer.lr') && heads.includes('batchSize'), heads.join());
      assert.deepEqual(heads.slice(-2), ['Test loss', 'Test accuracy']);
      assert.deepEqual((await rows()).slice(0, 4), ['third', 'good', 'poor', 'fourth']);
      assert.equal(await page.locator('.parallel .run').count(), 6);
      const colours = await page
        .locator('.parallel .run:not(.unknown) .run-line')
        .evaluateAll(lines => lines.map(line => getComputedStyle(line).stroke));
      assert.equal(new Set(colours).size, 4, colours.join());
    });

    it('are chosen by the keys, on an axis', async () => {
      const end = page.locator('[aria-label="Lower end of Test accuracy"]');
      await end.focus();
      await end.press('ArrowUp');
      await end.press('ArrowUp');
      await page.locator('.parallel [role="status"]', { hasText: '2 runs of 6' }).waitFor();
      assert.equal(await end.getAttribute('aria-valuetext'), '80.0%');
      assert.deepEqual(await rows(), ['third', 'good']);
      await end.press('Escape');
      assert.equal((await rows()).length, 6);
    });

    it('are chosen by dragging along an axis', async () => {
      const box = (await page.locator('.parallel-plot .axis').last().boundingBox())!;
      const { mouse } = workbench.page;
      await mouse.move(box.x + 1, box.y - 2);
      await mouse.down();
      await mouse.move(box.x + 1, box.y + box.height / 4, { steps: 4 });
      await mouse.up();
      await page.locator('.parallel [role="status"]', { hasText: '1 run of 6' }).waitFor();
      assert.deepEqual(await rows(), ['third']);
      await page.locator('.parallel vscode-button', { hasText: 'All Runs' }).click();
      assert.equal((await rows()).length, 6);
    });

    it('light up in the drawing and in the table', async () => {
      await page.locator('.parallel tbody button', { hasText: 'good' }).focus();
      assert.equal(await page.locator('.parallel .run.lit').count(), 1);
      assert.equal(await page.locator('.parallel .run.lit title').textContent(), 'good');
    });

    it('say what is wrong with those that are damaged or have no best epoch yet', async () => {
      const problems = await texts('.best-epochs .problem');
      assert.equal(problems.length, 2);
      assert.ok(problems.some(text => text.includes('best.predictions.jsonl is damaged in line 1')));
      assert.ok(problems.some(text => text.includes('has no best epoch yet')));
    });

    it('follow a run that is still training', async () => {
      await page.locator('.status', { hasText: 'live: Epoch 0/4' }).waitFor();
      await live.predictions(linesOf(join(editor.workspace, 'data'), LABELS));
      await live.epoch(0, 1, true);
      await until(async () => (await page.locator('.best-epochs .problem').count()) === 1, 'its figures');
      assert.ok((await texts('.best-epochs tbody tr')).some(row => row.startsWith('live 100.00%')));
      await live.end(0, 1);
      await page.locator('.status', { hasText: 'All 6 runs have ended' }).waitFor();
    });

    it('show one whose folder is deleted as gone', async () => {
      await rm(live.folder, { recursive: true });
      await page.locator('.best-epochs .problem', { hasText: 'Its run folder is gone.' }).waitFor();
      await page.locator('.status', { hasText: 'one run folder is gone' }).waitFor();
    });

    for (const theme of ['light', 'dark', 'highContrast', 'highContrastLight'] as const) {
      it(`can be used by everyone, ${theme}`, async () => {
        await workbench.setTheme(theme);
        await page.locator('.parallel .brush-end').first().waitFor();
        await page.locator('h1').scrollIntoViewIfNeeded();
        await workbench.screenshot(`comparison-${theme}-curves`);
        await page.locator('.best-epochs').scrollIntoViewIfNeeded();
        await workbench.screenshot(`comparison-${theme}-parallel`);
        await filter('They differ');
        await page.locator('.cards li').last().scrollIntoViewIfNeeded();
        await workbench.screenshot(`comparison-${theme}-pair`);
        assert.deepEqual(await accessibilityProblems(page), []);
      });
    }
  });

  it('need two runs', async () => {
    await runCommand(workbench, 'Thaw: Compare Runs');
    const box = workbench.page.locator('.quick-input-widget:visible');
    await box.locator('.monaco-list-row').first().waitFor();
    await box.locator('.monaco-button', { hasText: 'OK' }).click();
    await until(
      async () => (await workbench.notifications()).some(text => text.startsWith('Choose two runs or more')),
      'the message',
    );
  });
});
