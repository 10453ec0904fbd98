import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { readThawDocument, writeThawDocument, type ThawCell } from '../../../src/core/notebook/thawDocument';
import { tinyPictures } from '../../unit/training/tinyPictures';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { NotebookEditor } from './notebookEditor';
import { pageOf, reloadByCommand } from './pages';

const CASE_2 = `{
  "name": "case 2",
  "data": { "folder": "pictures" },
  "model": "squeezenet1_1",
  "weights": "none",
  "imageSize": 64,
  "batchSize": 8,
  "freeze": ["features.0"],
  "epochs": 5000
}`;
const WRONG = '{\n  "name": "wrong",\n  "extends": "case 2",\n  "epochs": "many"\n}';
const SWEEP = `{
  "name": "rates",
  "extends": "case 2",
  "epochs": 2,
  "sweep": { "optimizer.lr": [0.01, 0.001] }
}`;
const BROKEN = '{ "version": 1, "cells": [ { "markdown": "# precious" },';

const cells: readonly ThawCell[] = [
  { kind: 'markdown', text: '# Case 2\n\nFew pictures, unlike those of ImageNet.' },
  { kind: 'recipe', text: CASE_2 },
  { kind: 'recipe', text: WRONG },
  { kind: 'recipe', text: SWEEP },
];

describe('a notebook', function () {
  this.timeout(300_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;
  let notebook: NotebookEditor;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-notebook-'));
    await tinyPictures(join(folder, 'pictures'), ['blue', 'red'], 20);
    await writeFile(join(folder, 'cases.thaw'), writeThawDocument({ cells }));
    await writeFile(join(folder, 'broken.thaw'), BROKEN);
    editor = await startEditor({ workspace: folder, settings: { 'files.autoSave': 'off' } });
    workbench = await editor.openWindow();
    notebook = new NotebookEditor(workbench);
    await workbench.openContainer('Thaw');
    await workbench.openFile('cases.thaw');
    await notebook.cell(1).waitFor();
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const runs = (): string[] => {
    const place = join(editor.workspace, '.thaw', 'runs');
    return existsSync(place)
      ? readdirSync(place)
          .sort()
          .map(name => join(place, name))
      : [];
  };
  const events = (run: string): string => {
    const file = join(run, 'events.jsonl');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const epochs = (run: string): number => events(run).split('"phase":"test"').length - 1;
  /** The lines of the charts; empty where there are none. */
  const curves = async (output: Locator): Promise<string> => {
    const lines = output.locator('.charts path.line.test');
    return (await lines.evaluateAll(all => all.map(line => line.getAttribute('d')))).join('\n');
  };
  const newRun = async (before: readonly string[]): Promise<string> => {
    const run = await until(() => runs().find(run => !before.includes(run)), 'a run');
    await until(() => epochs(run) > 1, 'some epochs');
    return run;
  };
  const saved = (index: number): ThawCell | undefined => {
    const bytes = readFileSync(join(editor.workspace, 'cases.thaw'));
    // The editor empties the file, then writes it.
    return bytes.length === 0 ? undefined : readThawDocument(bytes).cells[index];
  };

  it('lends its focused cell to the Layers view, whose checkboxes edit it', async () => {
    await notebook.select(1);
    const features = await until(
      async () => (await workbench.treeItems('Layers')).find(({ label }) => label === 'features'),
      'the layers of the cell',
    );
    assert.match(features.description, /^1 of 13 frozen/);
    await workbench.clickCheckbox('Layers', 'features');
    await until(async () => /"freeze": \["features"\]/.test(await notebook.text(1)), 'the edit');
    await workbench.page.keyboard.press('Control+Z');
    await until(async () => /"freeze": \["features\.0"\]/.test(await notebook.text(1)), 'the undo');
  });

  it('runs a cell, which shows that it runs; so do the Runs view and the status bar', async () => {
    await notebook.run(1);
    await newRun([]);
    assert.equal(await notebook.isRunning(1), true);
    assert.equal((await workbench.treeItems('Runs'))[0]?.label, 'case 2');
    await until(
      async () => (await workbench.statusBar()).some(text => /epoch/i.test(text)),
      'the status bar',
    );
    const output = await notebook.runOutput(0);
    const before = await until(async () => (await curves(output)) || undefined, 'points in the charts');
    await until(async () => (await curves(output)) !== before, 'more points');
    assert.match((await output.locator('.status').textContent()) ?? '', /epoch/i);
    await workbench.screenshot('notebook-running');
  });

  it('is live again when the window has been reloaded', async () => {
    const [run] = runs();
    await reloadByCommand(workbench);
    await notebook.cell(1).waitFor();
    await until(() => notebook.isRunning(1), 'the cell to be live again');
    const before = epochs(run!);
    await until(() => epochs(run!) > before, 'more epochs');
    const output = await notebook.runOutput(0);
    const points = await until(async () => (await curves(output)) || undefined, 'the curves');
    await until(async () => (await curves(output)) !== points, 'more points');
    await workbench.screenshot('notebook-reloaded');
  });

  it('stops a cell within a batch, keeps the best epoch and names it when it is saved', async () => {
    const [run] = runs();
    await notebook.interrupt(1);
    await until(() => events(run!).includes('runEnded'), 'the end', 5_000);
    assert.match(events(run!), /"status":"cancelled"/);
    assert.ok(existsSync(join(run!, 'best.safetensors')));
    await until(async () => !(await notebook.isRunning(1)), 'the end in the cell');
    await workbench.page.keyboard.press('Control+S');
    const [reference] = await until(() => saved(1)?.output?.runs, 'the output in the file');
    assert.equal(join(editor.workspace, reference!.folder), run);
    assert.equal(reference!.summary?.status, 'cancelled');
    assert.ok(reference!.summary.bestEpoch >= 0);
  });

  it('shows the best epoch in small, and opens it', async () => {
    const output = await notebook.runOutput(0);
    await output.locator('.report').waitFor();
    await until(
      async () => (await output.locator('.report img').count()) > 0,
      'the pictures of the mistakes',
    );
    const pictures = output.locator('.report img');
    await notebook.reveal(pictures.first());
    await until(
      () =>
        pictures.evaluateAll(images =>
          (images as HTMLImageElement[]).every(
            ({ src, naturalWidth }) => src.startsWith('data:image/png;base64,') && naturalWidth === 72,
          ),
        ),
      'the pictures to be shown',
    );
    for (const theme of ['light', 'highContrast', 'dark'] as const) {
      await workbench.setTheme(theme);
      await notebook.reveal(output);
      await workbench.screenshot(`notebook-trained-${theme}`);
      await notebook.reveal(pictures.first());
      await workbench.screenshot(`notebook-report-${theme}`);
    }
    await output.getByRole('button', { name: 'Inspect' }).click();
    await workbench.page.locator('.tab.active', { hasText: 'Best Epoch: case 2' }).waitFor();
    // By the pointer: the focus is in a page, which keeps keys to itself while it is loading.
    await workbench.page.locator('.tab', { hasText: 'cases.thaw' }).click();
    await notebook.cell(1).waitFor();
  });

  it('runs a cell again, and finds it live where the notebook was closed without saving', async () => {
    await workbench.openFile('cases.thaw');
    const before = runs();
    await notebook.run(1);
    const run = await newRun(before);
    await workbench.runCommand('View: Close All Editors');
    await workbench.clickButton("Don't Save");
    await workbench.page.locator('.tab', { hasText: 'cases.thaw' }).waitFor({ state: 'detached' });
    await workbench.openFile('cases.thaw');
    await until(() => notebook.isRunning(1), 'the cell to be live again');
    await notebook.interrupt(1);
    await until(() => events(run).includes('runEnded'), 'the end');
    await until(async () => !(await notebook.isRunning(1)), 'the end in the cell');
  });

  it('says at which line a cell is wrong, and runs nothing', async () => {
    const before = runs();
    await notebook.run(2);
    await until(async () => /Line 4 of the cell/.test(await notebook.outputText()), 'the refusal');
    assert.match(await notebook.outputText(), /epochs must be a whole number of at least 1, not "many"/);
    await until(async () => /codicon-notebook-state-error/.test(await notebook.status(2)), 'its mark');
    assert.deepEqual(runs(), before);
    await workbench.screenshot('notebook-wrong');
  });

  it('runs a sweep, its runs one after another', async () => {
    const before = runs();
    await notebook.run(3);
    await until(async () => /codicon-notebook-state-success/.test(await notebook.status(3)), 'its end');
    const swept = runs().filter(run => !before.includes(run));
    assert.equal(swept.length, 2);
    for (const run of swept) assert.match(events(run), /"status":"completed"/);
    const drawn = await notebook.runOutput(1);
    await until(async () => (await drawn.locator('.charts path.line.test').count()) === 4, 'two runs');
    assert.match((await drawn.locator('.title').first().textContent()) ?? '', /^2 runs/);
    await notebook.reveal(drawn);
    await workbench.screenshot('notebook-sweep');
    await workbench.page.keyboard.press('Control+S');
    const output = await until(() => saved(3)?.output, 'the output in the file');
    assert.deepEqual(
      output.runs.map(({ variant, summary }) => [variant, summary?.status, summary?.epochs]),
      [
        ['optimizer.lr = 0.01', 'completed', 2],
        ['optimizer.lr = 0.001', 'completed', 2],
      ],
    );
  });

  it('puts the runs of a sweep side by side', async () => {
    await (await notebook.runOutput(1)).getByRole('button', { name: 'Compare' }).click();
    const page = await pageOf(workbench, 'Compare Runs');
    await page.locator('.pair .matrix').waitFor();
    const rows = await page.locator('.differences tbody tr').allInnerTexts();
    assert.equal(rows.length, 1);
    assert.match(rows[0]!.replace(/\s+/g, ' '), /^optimizer\.lr (0\.01 0\.001|0\.001 0\.01)$/);
    await workbench.screenshot('notebook-compared');
    await workbench.page.locator('.tab', { hasText: 'cases.thaw' }).click();
    await workbench.page.locator('.tab.active', { hasText: 'cases.thaw' }).waitFor();
  });

  it('is what it was after a round of cut, paste, split and join', async () => {
    const { page } = workbench;
    const before = readFileSync(join(editor.workspace, 'cases.thaw'), 'utf8');
    await notebook.select(2);
    await page.keyboard.press('Control+X');
    await until(async () => !/"wrong"/.test(await notebook.text(2)), 'the cut');
    await notebook.select(1);
    await page.keyboard.press('Control+V');
    await notebook.goTo(2);
    await until(async () => /"wrong"/.test(await notebook.text(2)), 'the paste');
    await notebook.enter(2);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowDown');
    await workbench.runCommand('Notebook: Split Cell');
    await until(async () => (await notebook.text(2)).trim() === '{', 'the split');
    await notebook.select(2);
    await workbench.runCommand('Notebook: Join With Next Cell');
    await until(async () => /"many"/.test(await notebook.text(2)), 'the join');
    await page.keyboard.press('Control+S');
    await until(
      () => readFileSync(join(editor.workspace, 'cases.thaw'), 'utf8') === before,
      'the same file',
    ).catch(() => assert.equal(readFileSync(join(editor.workspace, 'cases.thaw'), 'utf8'), before));
  });

  it('shows the problem of a file that cannot be read, and leaves it alone', async () => {
    await workbench.openFile('broken.thaw');
    const pane = workbench.page.locator('.editor-instance .monaco-editor-pane-placeholder');
    await pane.waitFor();
    assert.match((await pane.textContent()) ?? '', /could not be opened/);
    await until(
      async () => (await workbench.notifications()).some(text => /line 1, column/.test(text)),
      'what is wrong',
    );
    await workbench.screenshot('notebook-broken');
    assert.equal(readFileSync(join(editor.workspace, 'broken.thaw'), 'utf8'), BROKEN);
  });
});

describe('a notebook in restricted mode', function () {
  this.timeout(120_000);
  let folder: string;
  let editor: Editor;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-notebook-'));
    await writeFile(join(folder, 'cases.thaw'), writeThawDocument({ cells }));
    editor = await startEditor({ workspace: folder, trust: 'restricted' });
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows its cells, and runs none before the workspace is trusted', async () => {
    const workbench = await editor.openWindow();
    const notebook = new NotebookEditor(workbench);
    await workbench.openFile('cases.thaw');
    await notebook.cell(1).waitFor();
    await notebook.run(1);
    const question = workbench.page.locator('.monaco-dialog-box');
    await question.waitFor();
    assert.match((await question.textContent()) ?? '', /trust/i);
    await workbench.screenshot('notebook-restricted');
    await question.getByText('Cancel', { exact: true }).click();
    await question.waitFor({ state: 'hidden' });
    assert.equal(existsSync(join(editor.workspace, '.thaw')), false);
  });
});
