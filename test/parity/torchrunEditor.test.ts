import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeThawDocument } from '../../src/core/notebook/thawDocument';
import { RunRecord } from '../../src/core/run/runRecord';
import { NotebookEditor } from '../vscode/browser/notebookEditor';
import { pageOf } from '../vscode/browser/pages';
import { plainPictures } from '../vscode/plainPictures';
import { startEditor, type Editor } from '../vscode/startEditor';
import { tinyRecipe } from '../vscode/tinyRecipe';
import { until } from '../vscode/until';
import type { Workbench } from '../vscode/workbench';
import { python } from './python';

/** PyTorch takes seconds to begin. */
const BEGUN = 120_000;

describe('torchrun in the editor', function () {
  this.timeout(400_000);
  // The editor draws its lists anew at moments of its own, and a click is lost then.
  this.retries(2);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-torchrun-'));
    await plainPictures(join(folder, 'pictures'), ['blue', 'red'], 20);
    const recipe = (fields: object): string =>
      tinyRecipe({
        ...{ engine: 'torchrun', distributed: { nodes: 1, processesPerNode: 2 }, freeze: ['features.0'] },
        ...fields,
      });
    await writeFile(join(folder, 'spread.thaw.json'), recipe({ epochs: 2_000 }));
    const cell = { kind: 'recipe', text: recipe({ name: 'in a cell', epochs: 2 }) } as const;
    await writeFile(join(folder, 'spread.thaw'), writeThawDocument({ cells: [cell] }));
    editor = await startEditor({ workspace: folder, settings: { 'thaw.python': python } });
    workbench = await editor.openWindow();
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const recordOf = async (name: string): Promise<RunRecord | undefined> => {
    const runs = join(editor.workspace, '.thaw', 'runs');
    const found = existsSync(runs) ? readdirSync(runs).find(run => run.endsWith(name)) : undefined;
    if (found === undefined) return undefined;
    const run = new RunRecord(join(runs, found));
    await run.refresh();
    return run;
  };
  const epochs = async (): Promise<number> =>
    (await recordOf('spread'))?.events.filter(event => event.kind === 'phaseEnded' && event.phase === 'test')
      .length ?? 0;

  it('trains a recipe whose layers are in the tree, draws its curves, stops and goes on', async () => {
    await workbench.openFile('spread.thaw.json');
    await workbench.openContainer('Thaw');
    await workbench.treeRow('Layers', 'features').waitFor();
    await workbench.runCommand('Thaw: Start Fine-Tune');
    await until(async () => (await epochs()) >= 2, 'two epochs', BEGUN);
    assert.match((await recordOf('spread'))!.started!.engine, /^torchrun/);
    const plots = await pageOf(workbench, 'Plots');
    await plots.locator('.chart path.line.test').first().waitFor();
    await workbench.screenshot('torchrun-running');
    await workbench.runCommand('Thaw: Stop Fine-Tune');
    await until(async () => (await recordOf('spread'))?.status === 'cancelled', 'the run to stop', BEGUN);

    const before = await epochs();
    await workbench.runCommand('Thaw: Resume Run');
    await workbench.pickQuickInput('spread');
    await until(async () => (await epochs()) > before + 1, 'more epochs', BEGUN);
    await workbench.runCommand('Thaw: Stop Fine-Tune');
    await until(async () => (await recordOf('spread'))?.status === 'cancelled', 'the run to stop', BEGUN);
    const { events } = (await recordOf('spread'))!;
    assert.equal(events.filter(({ kind }) => kind === 'runResumed').length, 1);
  });

  it('shows the best epoch', async () => {
    await workbench.runCommand('Thaw: Open Best Epoch');
    await workbench.pickQuickInput('spread');
    const page = await pageOf(workbench, 'Best Epoch: spread');
    await page.locator('.matrix').waitFor();
    assert.match(await page.locator('.status').first().innerText(), /torchrun/);
    const layers = await page.locator('table.layers tbody tr').allInnerTexts();
    assert.ok(
      layers.some(row => /^features\.0\s+frozen\s.*\s0$/.test(row)),
      layers.join('\n'),
    );
    await workbench.screenshot('torchrun-best-epoch');
  });

  it('runs a cell of a notebook, to its best epoch', async () => {
    const notebook = new NotebookEditor(workbench);
    await workbench.openFile('spread.thaw');
    await notebook.cell(0).waitFor();
    await notebook.run(0);
    const output = await until(
      async () => {
        const shown = await notebook.runOutput(0).catch(() => undefined);
        const matrix = shown?.locator('.matrix');
        return matrix && (await matrix.count().catch(() => 0)) > 0 ? shown : undefined;
      },
      'a best epoch',
      BEGUN,
    );
    assert.match(await output.innerText(), /Best test accuracy/);
    await workbench.screenshot('torchrun-cell');
    const run = await recordOf('in-a-cell');
    assert.equal(run?.status, 'completed');
    assert.match(run.started!.engine, /^torchrun/);
  });
});
