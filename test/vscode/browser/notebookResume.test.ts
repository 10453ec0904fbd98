import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { writeThawDocument, type ThawCell } from '../../../src/core/notebook/thawDocument';
import { readLiveState } from '../../../src/core/run/liveState';
import { epochsOf, recordOf } from '../../faults/faultyRuns';
import { plainPictures } from '../plainPictures';
import { startEditor, type Editor } from '../startEditor';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { NotebookEditor } from './notebookEditor';
import { WrittenRun } from './runFolders';

const EPOCHS = 60;

const button = (output: Locator): Locator => output.getByRole('button', { name: 'Resume', exact: true });

describe('a run of a cell that was cut off', function () {
  this.timeout(240_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;
  let notebook: NotebookEditor;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-notebook-resume-'));
    await plainPictures(join(folder, 'pictures'), ['blue', 'red'], 20);
    const recipe = tinyRecipe({ name: 'long', epochs: EPOCHS });
    await writeFile(
      join(folder, 'long.thaw'),
      writeThawDocument({ cells: [{ kind: 'recipe', text: recipe }] }),
    );
    editor = await startEditor({ workspace: folder, settings: { 'files.autoSave': 'off' } });
    workbench = await editor.openWindow();
    notebook = new NotebookEditor(workbench);
    await workbench.openFile('long.thaw');
    await notebook.cell(0).waitFor();
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const runs = (): readonly string[] => editor.runFolders();

  /** Presses the button in the output; resolves when the cell is live and has two more epochs. */
  async function resume(run: string): Promise<void> {
    const before = (await epochsOf(run)).length;
    await button(await notebook.runOutput(0)).click();
    await until(() => notebook.isRunning(0), 'the cell to be live');
    await until(async () => (await epochsOf(run)).length >= before + 2, 'two more epochs');
    assert.deepEqual(runs(), [run]);
    const output = await notebook.runOutput(0);
    assert.equal(await button(output).count(), 0);
    await output.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await until(
      async () => / of \d+ · .* left/.test((await output.locator('.status').textContent()) ?? ''),
      'its progress',
    );
  }

  it('goes on by the button of its output after a stop, live in the cell', async () => {
    await notebook.run(0);
    const run = await until(() => runs()[0], 'a run');
    await until(async () => (await epochsOf(run)).length >= 2, 'two epochs');
    await notebook.interrupt(0);
    await until(async () => (await recordOf(run)).status === 'cancelled', 'the end');
    await until(async () => !(await notebook.isRunning(0)), 'the end in the cell');
    await button(await notebook.runOutput(0)).waitFor();
    await workbench.screenshot('notebook-resume');
    await resume(run);
  });

  it('goes on after a kill, which the cell then no longer tells of', async () => {
    const [run] = runs();
    process.kill(readLiveState(run!)!.process.pid, 'SIGKILL');
    await until(async () => /ended unexpectedly/.test(await notebook.outputText()), 'what happened');
    await until(async () => /codicon-notebook-state-error/.test(await notebook.status(0)), 'its mark');
    await resume(run!);
    assert.doesNotMatch(await notebook.outputText(), /ended unexpectedly/);
  });

  it('is live in its cell, too, when it goes on from elsewhere; and comes to one whole curve', async () => {
    const [run] = runs();
    await notebook.interrupt(0);
    await until(async () => !(await notebook.isRunning(0)), 'the end in the cell');
    await workbench.runCommand('Thaw: Resume Run');
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'long' }).first().click();
    await until(() => notebook.isRunning(0), 'the cell to be live');
    await until(
      async () => /codicon-notebook-state-success/.test(await notebook.status(0)),
      'the end in the cell',
      120_000,
    );
    assert.deepEqual(
      await epochsOf(run!),
      Array.from({ length: EPOCHS }, (_, epoch) => epoch),
    );
    assert.equal((await recordOf(run!)).events.filter(({ kind }) => kind === 'runResumed').length, 3);
    assert.deepEqual(runs(), [run]);
    const output = await notebook.runOutput(0);
    await until(
      async () => /^Completed/.test((await output.locator('.status').textContent()) ?? ''),
      'its end',
    );
    assert.equal(await button(output).count(), 0);
    await workbench.screenshot('notebook-resumed');
  });
});

describe('a run of a cell that was cut off, in restricted mode', function () {
  this.timeout(120_000);

  it('waits for trust when its button is pressed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'thaw-notebook-resume-'));
    let editor: Editor | undefined;
    try {
      const name = '.thaw/runs/2026-01-31T12-00-00-long';
      const text = tinyRecipe({ name: 'long' });
      const cell: ThawCell = {
        ...{ kind: 'recipe', text },
        output: { version: 1, runs: [{ folder: name, name: 'long' }] },
      };
      await writeFile(join(folder, 'long.thaw'), writeThawDocument({ cells: [cell] }));
      const run = await WrittenRun.begin(folder, { name: 'long', epochs: 3 }, '2026-01-31T12-00-00');
      await run.epoch(0, 0.5, true);
      await rm(join(folder, name, 'live.json'));
      editor = await startEditor({ workspace: folder, trust: 'restricted' });
      const workbench = await editor.openWindow();
      const notebook = new NotebookEditor(workbench);
      await workbench.openFile('long.thaw');
      await notebook.cell(0).waitFor();
      await button(await notebook.runOutput(0)).click();
      await until(
        async () => (await workbench.notifications()).some(text => /until you trust/.test(text)),
        'the question for trust',
      );
      assert.deepEqual(readdirSync(join(editor.workspace, name)).sort(), ['events.jsonl', 'recipe.json']);
    } finally {
      await editor?.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
