import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLiveState } from '../../../src/core/run/liveState';
import { epochsOf } from '../../faults/faultyRuns';
import { plainPictures } from '../plainPictures';
import { startEditor, type Editor } from '../startEditor';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { pageOf, reloadByCommand, runCommand } from './pages';

/** How often the window is reloaded; more by hand, for endurance. */
const RELOADS = Number(process.env['THAW_RELOADS'] ?? 4);
/** By how much the newest extension host may be larger than the first, in MB. */
const GROWTH_MB = 40;

describe('a window that is reloaded while it trains', function () {
  this.timeout(120_000 + RELOADS * 30_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-reloads-'));
    await plainPictures(join(folder, 'pictures'), ['blue', 'red'], 20);
    await writeFile(join(folder, 'long.thaw.json'), tinyRecipe({ epochs: 5_000 }));
    editor = await startEditor({ workspace: folder });
    workbench = await editor.openWindow();
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const runs = (): readonly string[] => editor.runFolders();
  /** Numbers of the processes that train in a run folder. */
  const workers = (run: string): readonly number[] =>
    readdirSync('/proc')
      .map(Number)
      .filter(pid => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(run);
        } catch {
          return false;
        }
      });
  /** Of the newest: the one before may take its time to end. */
  const megabytesOfHost = async (): Promise<number> => {
    const hosts = await editor.hostProcesses();
    return hosts.toSorted((a, b) => b.pid - a.pid)[0]!.megabytes;
  };

  it(`${RELOADS} times finds the run again, whole, trained by the one process that it began with`, async () => {
    await workbench.openFile('long.thaw.json');
    await runCommand(workbench, 'Thaw: Start Fine-Tune');
    const run = await until(() => runs()[0], 'a run');
    await until(async () => (await epochsOf(run)).length >= 2, 'two epochs');
    const { pid } = readLiveState(run)!.process;
    const own = await readFile(join(run, 'recipe.json'), 'utf8');
    const recipe = join(editor.workspace, 'long.thaw.json');
    const megabytes = [await megabytesOfHost()];
    for (let reload = 1; reload <= RELOADS; reload++) {
      // The run has a recipe of its own.
      if (reload === 2) await writeFile(recipe, tinyRecipe({ epochs: 1, model: 'vgg16' }));
      if (reload === 3) await rm(recipe);
      const before = (await epochsOf(run)).length;
      await reloadByCommand(workbench);
      await until(
        async () => (await workbench.statusBar()).some(text => /epoch \d+\/4999/.test(text)),
        'the run in the status bar',
      );
      await until(async () => (await epochsOf(run)).length > before, 'more epochs');
      assert.deepEqual(workers(run), [pid]);
      megabytes.push(await megabytesOfHost());
    }
    await runCommand(workbench, 'Thaw: Stop Fine-Tune');
    await until(() => workers(run).length === 0, 'the end of the process');
    const epochs = await epochsOf(run);
    assert.deepEqual(
      epochs,
      Array.from(epochs, (_, epoch) => epoch),
    );
    assert.deepEqual(runs(), [run]);
    assert.equal(await readFile(join(run, 'recipe.json'), 'utf8'), own);
    const plots = await pageOf(workbench, 'Plots');
    await until(async () => {
      const text = (await plots.locator('.runs tbody tr').first().innerText()).replaceAll(/\s+/g, ' ');
      return text.includes(`${epochs.length} of 5000`);
    }, `${epochs.length} epochs in the plots`);
    if (process.env['THAW_RELOADS'])
      process.stdout.write(`MB of the extension hosts: ${megabytes.join(' ')}; ${epochs.length} epochs\n`);
    assert.ok(megabytes.at(-1)! - megabytes[0]! < GROWTH_MB, megabytes.join(' '));
  });
});
