import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLiveState, writeLiveState } from '../../../src/core/run/liveState';
import { identityOf, livenessOf } from '../../../src/core/run/processIdentity';
import { RunRecord } from '../../../src/core/run/runRecord';
import { plainPictures } from '../plainPictures';
import { startEditor, type Editor } from '../startEditor';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { WrittenRun } from './runFolders';

async function workspaceWith(recipes: Readonly<Record<string, object>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-trouble-'));
  await plainPictures(join(folder, 'pictures'), ['blue', 'red'], 20);
  for (const [name, fields] of Object.entries(recipes)) {
    await writeFile(join(folder, `${name}.thaw.json`), tinyRecipe({ epochs: 5_000, ...fields }));
  }
  return folder;
}

describe('trouble while training', function () {
  this.timeout(240_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;

  before(async () => {
    folder = await workspaceWith({
      ...{ long: {}, quick: { epochs: 3 } },
      ...{ astray: { data: { folder: 'nowhere' } }, locked: { data: { folder: 'private' } } },
    });
    await mkdir(join(folder, 'private'));
    editor = await startEditor({ workspace: folder });
    await chmod(join(editor.workspace, 'private'), 0);
    workbench = await editor.openWindow();
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => workbench.runCommand('Notifications: Clear All Notifications'));

  const runFolders = (): readonly string[] => editor.runFolders();
  async function start(name: string): Promise<string> {
    const before = runFolders();
    await workbench.openFile(`${name}.thaw.json`);
    await workbench.runCommand('Thaw: Start Fine-Tune');
    const run = await until(() => runFolders().find(run => !before.includes(run)), 'a run folder');
    return run;
  }
  const running = async (run: string): Promise<number> => {
    const record = new RunRecord(run);
    await until(async () => {
      await record.refresh();
      return record.status === 'running' && record.events.some(({ kind }) => kind === 'bestEpoch');
    }, 'an epoch');
    return readLiveState(run)!.process.pid;
  };
  const message = (pattern: RegExp): Promise<string> =>
    until(async () => (await workbench.notifications()).find(text => pattern.test(text)), `${pattern}`);

  it('tells once that the process was killed, and offers its log', async () => {
    const pid = await running(await start('long'));
    process.kill(pid, 'SIGKILL');
    const text = await message(/ended unexpectedly/);
    assert.match(text, /^The training process of long ended unexpectedly \(signal SIGKILL\)\./);
    assert.match(text, /best epoch is kept\. Most likely the memory ran out/);
    assert.equal((await workbench.notifications()).filter(text => /unexpectedly/.test(text)).length, 1);
    await workbench.screenshot('training-crashed');
    await workbench.clickButton('Open Log');
    const terminal = workbench.page.locator('.terminal-tabs-entry, .single-terminal-tab', {
      hasText: 'long',
    });
    await terminal.first().waitFor();
  });

  it('tells that the run folder was deleted', async () => {
    const run = await start('long');
    await running(run);
    await rm(run, { recursive: true, force: true, maxRetries: 5 });
    assert.match(await message(/was deleted/), /^The run folder of long was deleted while it trained/);
  });

  it('tells what is wrong with the data, and offers the recipe', async () => {
    const run = await start('astray');
    assert.match(await message(/astray failed/), /^astray failed: .*nowhere/);
    await workbench.clickButton('Open Recipe');
    await until(() => !existsSync(run), 'the folder to go');
  });

  it('tells that the data may not be read, and lives', async () => {
    const run = await start('locked');
    assert.match(
      await message(/locked failed/),
      /^locked failed: .*private cannot be read: its permissions do not allow it/,
    );
    await until(() => !existsSync(run), 'the folder to go');
  });

  it('tells how a run went, and shows its progress before', async () => {
    await start('quick');
    assert.match(
      await message(/quick is done/),
      /^quick is done after \d+ s: best test accuracy 0\.\d{4}|1\.0000 \(epoch \d\)\.$/,
    );
    await workbench.screenshot('training-done');
  });

  it('lists the runs with their status, newest first', async () => {
    await workbench.openContainer('Thaw');
    const rows = await until(async () => {
      const rows = await workbench.treeItems('Runs');
      return rows.length === 2 && rows;
    }, 'two runs');
    assert.deepEqual(
      rows.map(({ label, ariaLabel }) => [label, /done|crashed/.exec(ariaLabel)?.[0]]),
      [
        ['quick', 'done'],
        ['long', 'crashed'],
      ],
    );
    for (const theme of ['light', 'dark', 'highContrast'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`runs-${theme}`);
    }
  });

  it('deletes a run when that is confirmed', async () => {
    const row = workbench.treeRow('Runs', 'long');
    await row.click();
    // The click also shows the run's curves; the next key is for the list all the same.
    await (await workbench.webview('Plots')).locator('table.data').first().waitFor();
    await workbench.page.keyboard.press('Delete');
    await workbench.clickButton('Move to Trash');
    // Servers have no trash.
    await workbench.clickButton('Delete Permanently');
    await until(async () => (await workbench.treeItems('Runs')).length === 1, 'the row to go');
    assert.equal(runFolders().length, 1);
  });

  it('shows progress that can be cancelled', async () => {
    const run = await start('long');
    await running(run);
    await message(/Fine-tuning long/);
    await workbench.screenshot('training-progress');
    await workbench.clickButton('Cancel');
    assert.match(await message(/was stopped/), /^long was stopped after .* best test accuracy/);
  });

  describe('ends a process at once, where the system does not tell when that began,', () => {
    /** Has a run name a process as it would on macOS or Windows, and end at once. */
    async function endNow(run: string, pid: number): Promise<void> {
      const { place } = identityOf(pid);
      writeLiveState(run, { process: { pid, place }, phase: 'running', heartbeat: Date.now() });
      await workbench.runCommand('Thaw: Stop Fine-Tune');
      await until(() => existsSync(join(run, 'stop')), 'the request to stop');
      await workbench.runCommand('Thaw: Stop Fine-Tune');
      await message(/has been asked to stop/);
      await workbench.clickButton('End Now');
    }

    it('if this window started it', async () => {
      const run = await start('long');
      const pid = await running(run);
      // It would stop by itself.
      process.kill(pid, 'SIGSTOP');
      await endNow(run, pid);
      assert.match(await message(/ended unexpectedly/), /signal SIGKILL/);
      assert.equal(livenessOf(identityOf(pid)), 'dead');
    });

    it('and no other, which a run folder of a stranger may name', async () => {
      const other = spawn('sleep', ['600'], { stdio: 'ignore' });
      try {
        const run = await WrittenRun.begin(
          editor.workspace,
          { name: 'foreign', epochs: 3 },
          '2026-01-31T12-00-00',
        );
        await endNow(run.folder, other.pid!);
        assert.match(
          await message(/did not start/),
          new RegExp(`^This window did not start process ${other.pid}, so it is not ended for foreign`),
        );
        assert.equal(other.signalCode, null);
        assert.equal(livenessOf(identityOf(other.pid)), 'alive');
      } finally {
        other.kill('SIGKILL');
      }
    });
  });
});

describe('training in restricted mode', function () {
  this.timeout(120_000);
  let folder: string;
  let editor: Editor;

  before(async () => {
    folder = await workspaceWith({ long: {} });
    const old = join(folder, '.thaw', 'runs', '2026-01-01T10-00-00-old');
    await mkdir(old, { recursive: true });
    await writeFile(join(old, 'events.jsonl'), '');
    editor = await startEditor({ workspace: folder, trust: 'restricted' });
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is refused with a way out, while runs are listed', async () => {
    const workbench = await editor.openWindow();
    await workbench.openContainer('Thaw');
    await until(async () => (await workbench.treeItems('Runs'))[0]?.label === 'old', 'the old run');
    await workbench.openFile('long.thaw.json');
    await workbench.runCommand('Thaw: Start Fine-Tune');
    const [text] = await until(async () => {
      const texts = await workbench.notifications();
      return texts.length > 0 && texts;
    }, 'a message');
    assert.match(text!, /^Training waits until you trust this workspace/);
    assert.deepEqual(readdirSync(join(editor.workspace, '.thaw', 'runs')), ['2026-01-01T10-00-00-old']);
    await workbench.screenshot('training-restricted');
    await workbench.clickButton('Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor').first().waitFor();
  });
});
