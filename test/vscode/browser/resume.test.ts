import { strict as assert } from 'node:assert';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLiveState } from '../../../src/core/run/liveState';
import { epochsOf, recordOf } from '../../faults/faultyRuns';
import { plainPictures } from '../plainPictures';
import { startEditor, type Editor } from '../startEditor';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';
import type { Workbench } from '../workbench';

const EPOCHS = 60;
describe('a run that was interrupted', function () {
  this.timeout(240_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-resume-'));
    await plainPictures(join(folder, 'pictures'), ['blue', 'red'], 20);
    await writeFile(join(folder, 'long.thaw.json'), tinyRecipe({ epochs: EPOCHS }));
    editor = await startEditor({ workspace: folder });
    workbench = await editor.openWindow();
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes on from its notification after a kill, and from the command after a stop, to one whole curve', async () => {
    const runs = join(editor.workspace, '.thaw', 'runs');
    await workbench.openFile('long.thaw.json');
    await workbench.runCommand('Thaw: Start Fine-Tune');
    const name = await until(() => existsSync(runs) && readdirSync(runs)[0], 'a run folder');
    const run = join(runs, name);
    await until(async () => (await epochsOf(run)).length >= 3, 'three epochs');
    process.kill(readLiveState(run)!.process.pid, 'SIGKILL');
    await until(
      async () => (await workbench.notifications()).some(text => /ended unexpectedly/.test(text)),
      'what happened to be told',
    );
    await workbench.clickButton('Resume');
    await until(async () => (await recordOf(run)).status === 'running', 'the run to go on');
    await until(async () => (await epochsOf(run)).length >= 6, 'six epochs');
    await workbench.runCommand('Thaw: Stop Fine-Tune');
    await until(async () => (await recordOf(run)).status === 'cancelled', 'the run to stop');

    await workbench.runCommand('Thaw: Resume Run');
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: 'long' }).first().click();
    await until(async () => (await recordOf(run)).status === 'completed', 'the run to end', 120_000);
    const whole = await recordOf(run);
    assert.deepEqual(
      await epochsOf(run),
      Array.from({ length: EPOCHS }, (_, epoch) => epoch),
    );
    assert.equal(whole.events.filter(({ kind }) => kind === 'runResumed').length, 2);
    assert.deepEqual(readdirSync(runs), [name]);

    await workbench.openContainer('Thaw');
    const [row] = await until(async () => {
      const rows = await workbench.treeItems('Runs');
      return rows.length === 1 && /done/.test(rows[0]!.ariaLabel) && rows;
    }, 'the run to be done');
    assert.match(row!.ariaLabel, new RegExp(`^long, done, .*${EPOCHS} epochs`));
    await workbench.screenshot('resumed');
  });
});
