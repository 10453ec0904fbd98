import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readLiveState } from '../../../src/core/run/liveState';
import { livenessOf } from '../../../src/core/run/processIdentity';
import { runItem } from '../../../src/extension/runs/runItem';
import type { RunStatus, TrainingRun } from '../../../src/extension/training/trainingRun';
import { TrainingRuns } from '../../../src/extension/training/trainingRuns';
import { WrittenRun } from '../browser/runFolders';
import { plainPictures } from '../plainPictures';
import { until } from '../until';

describe('training in the editor', function () {
  this.timeout(120_000);
  let folder: string;
  let runs: TrainingRuns;
  const extension = vscode.extensions.getExtension('thaw.thaw')!;
  const open = (): TrainingRuns => new TrainingRuns({ extension, extensionPath: extension.extensionPath });

  before(async () => {
    folder = await mkdtemp(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'training-'));
    await plainPictures(join(folder, 'pictures'), ['blue', 'red'], 20);
    await extension.activate();
    await recipe('first', {});
    runs = open();
    await runs.ready();
  });
  afterEach(async () => {
    for (const run of runs.all) if (run.isLive) runs.kill(run);
    await until(() => runs.all.every(({ isLive }) => !isLive), 'the end of all runs');
  });
  after(async () => {
    runs.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function recipe(name: string, fields: object): Promise<vscode.Uri> {
    const file = join(folder, `${name}.thaw.json`);
    const small = { weights: 'none', imageSize: 64, batchSize: 8, epochs: 2 };
    const text = { data: { folder: 'pictures' }, model: 'squeezenet1_1', ...small, ...fields };
    await writeFile(file, JSON.stringify(text));
    return vscode.Uri.file(file);
  }
  const start = async (uri: vscode.Uri): Promise<string> =>
    (await vscode.commands.executeCommand<string | undefined>('thaw.startFineTune', uri))!;
  /** Waits for a run in the eyes of this test, who knows of it only through its folder. */
  const reach = async (folder: string, ...wanted: readonly RunStatus[]): Promise<TrainingRun> =>
    until(() => {
      const run = runs.all.find(run => run.folder === folder);
      if (!run || wanted.includes(run.status)) return run;
      if (run.isLive) return undefined;
      throw new Error(`${run.name} is ${run.status}: ${run.ended?.message}`);
    }, wanted.join(' or '));
  const runFolders = (): readonly string[] => readdirSync(join(folder, '.thaw', 'runs'));

  it('starts a fine-tune, follows it and sees it to its end', async () => {
    const appended: string[] = [];
    const listening = runs.onDidAppend(({ event }) => appended.push(event.kind));
    const run = await reach(await start(await recipe('whole', {})), 'completed');
    listening.dispose();
    assert.equal(run.name, 'whole');
    assert.equal(run.events.filter(({ kind }) => kind === 'phaseEnded').length, 4);
    assert.ok(run.ended!.bestEpoch >= 0);
    assert.equal(appended.at(-1), 'runEnded');
    assert.ok(appended.includes('batchEnded') || appended.includes('progress'));
    assert.ok(existsSync(join(run.folder, 'best.safetensors')));
  });

  it('leads nothing of the editor into the process, which is a plain Node of its own session', async () => {
    const run = await start(await recipe('environment', { epochs: 5_000 }));
    await reach(run, 'running');
    const { pid } = readLiveState(run)!.process;
    const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .map(entry => entry.split('=')[0]!);
    assert.deepEqual(
      names.filter(name => /^VSCODE|^ELECTRON|^NODE_OPTIONS|TOKEN|CHANNEL/.test(name)),
      ['ELECTRON_RUN_AS_NODE'],
    );
    const [, , session] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(1);
    assert.equal(Number(session), pid);
  });

  it('stops a run, and keeps its best epoch', async () => {
    const run = await start(await recipe('stopped', { epochs: 5_000 }));
    const live = await reach(run, 'running');
    await until(() => live.events.some(({ kind }) => kind === 'bestEpoch'), 'a best epoch');
    await vscode.commands.executeCommand('thaw.stopFineTune', run);
    const { ended } = await reach(run, 'cancelled');
    assert.ok(ended!.bestEpoch >= 0);
    assert.ok(existsSync(join(run, 'best.safetensors')));
  });

  it('lets the same recipe wait for its turn when it is started twice', async () => {
    const long = await recipe('twice', { epochs: 5_000 });
    const first = await start(long);
    await reach(first, 'running');
    const second = await start(long);
    await reach(second, 'queued');
    assert.equal(runs.all[0]!.folder, second);
    await vscode.commands.executeCommand('thaw.stopFineTune', first);
    await reach(first, 'cancelled');
    await reach(second, 'running');
  });

  it('takes a run whose process was killed for crashed, and lives', async () => {
    const run = await start(await recipe('killed', { epochs: 5_000 }));
    await reach(run, 'running');
    process.kill(readLiveState(run)!.process.pid, 'SIGKILL');
    const { ended, isLive } = await reach(run, 'crashed');
    assert.deepEqual([ended, isLive], [undefined, false]);
  });

  it('finds a running run again after a reload, with all that has happened', async () => {
    const run = await start(await recipe('reloaded', { epochs: 5_000 }));
    const before = await reach(run, 'running');
    await until(() => before.events.length > 3, 'events');
    const count = before.events.length;
    runs.dispose();
    runs = open();
    await runs.ready();
    const again = runs.all.find(({ folder }) => folder === run)!;
    assert.equal(again.status, 'running');
    assert.ok(again.events.length >= count);
    const more = again.events.length;
    await until(() => again.events.length > more, 'more events');
  });

  it('loses a run whose folder is deleted, and so does its process', async () => {
    const run = await start(await recipe('deleted', { epochs: 5_000 }));
    await reach(run, 'running');
    const identity = readLiveState(run)!.process;
    await rm(run, { recursive: true, force: true, maxRetries: 5 });
    await until(() => !runs.all.some(({ folder }) => folder === run), 'the run to go');
    await until(() => livenessOf(identity) === 'dead', 'the process to end');
  });

  it('leaves no half run behind when the data is not there', async () => {
    const before = runFolders();
    const gone = await start(await recipe('astray', { data: { folder: 'nowhere' } }));
    await until(() => !existsSync(gone), 'the folder to go');
    await until(() => !runs.all.some(({ folder }) => folder === gone), 'the run to go');
    assert.deepEqual(runFolders(), before);
  });

  it('makes no run of a recipe that is not right', async () => {
    const before = runFolders();
    const uri = await recipe('wrong', { epochs: 0 });
    assert.equal(await vscode.commands.executeCommand('thaw.startFineTune', uri), undefined);
    await assert.rejects(runs.start(uri), { name: 'UserError', message: /epochs/ });
    assert.deepEqual(runFolders(), before);
  });

  it('tells of an event within 200 ms of its writing', async () => {
    const written = await WrittenRun.begin(folder, { name: 'told', epochs: 3 }, '2026-01-01T10-00-00');
    await until(() => runs.all.some(run => run.folder === written.folder), 'the run');
    const times: number[] = [];
    for (let epoch = 0; epoch < 5; epoch++) {
      const heard = new Promise<number>(resolve => {
        const listening = runs.onDidAppend(({ run, event }) => {
          if (run.folder !== written.folder || event.kind !== 'note') return;
          listening.dispose();
          resolve(performance.now());
        });
      });
      const told = performance.now();
      await written.append({ kind: 'note', message: String(epoch) });
      times.push((await heard) - told);
    }
    assert.ok(Math.max(...times) < 200, times.map(time => time.toFixed(0)).join(' '));
    await written.append({
      ...{ kind: 'runEnded', status: 'completed', bestEpoch: -1, bestAccuracy: 0 },
      seconds: 1,
    });
    await reach(written.folder, 'completed');
  });

  it('shows a run in a row: course, best accuracy, epochs and time', async () => {
    const time = '2026-01-02T10-30-00';
    const written = await WrittenRun.begin(folder, { name: 'shown', epochs: 3 }, time);
    for (const [epoch, accuracy] of [0.5, 0.75, 1].entries()) await written.epoch(epoch, accuracy, true);
    const run = (await runs.find(written.folder))!;
    const noon = new Date(2026, 0, 2, 12).getTime();
    const live = runItem(run, noon);
    assert.equal(live.description, '▁▅█ 1.000 · training · 3 epochs · 10:30');
    assert.equal(live.contextValue, 'thawRun.live');
    await written.append({
      ...{ kind: 'runEnded', status: 'completed', bestEpoch: 2, bestAccuracy: 1 },
      seconds: 9,
    });
    const done = runItem(await reach(written.folder, 'completed'), noon);
    assert.equal(done.description, '▁▅█ 1.000 · 3 epochs · 10:30');
    assert.equal(done.contextValue, 'thawRun.trained');
    assert.equal(
      done.accessibilityInformation!.label,
      'shown, done, best test accuracy 1.000, 3 epochs, 10:30',
    );
  });

  describe('as a task', () => {
    const tasks = async (): Promise<readonly vscode.Task[]> => vscode.tasks.fetchTasks({ type: 'thaw' });
    async function exitOf(task: vscode.Task): Promise<number | undefined> {
      const ended = new Promise<number | undefined>(resolve => {
        const listening = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
          if (execution.task.name !== task.name) return;
          listening.dispose();
          resolve(exitCode);
        });
      });
      await vscode.tasks.executeTask(task);
      return ended;
    }
    const taskOf = async (name: string): Promise<vscode.Task> =>
      (await tasks()).find(({ definition }) => String(definition['recipe']).endsWith(`/${name}.thaw.json`))!;

    it('there is one for each recipe', async () => {
      const { definition, source } = await taskOf('first');
      assert.deepEqual([definition.type, source], ['thaw', 'Thaw']);
    });

    it('ends with 0 when the run is done, and with 1 when it cannot begin', async () => {
      await recipe('task', { epochs: 1 });
      await recipe('wrong', { epochs: 0 });
      await recipe('astray', { data: { folder: 'nowhere' } });
      assert.equal(await exitOf(await taskOf('task')), 0);
      assert.equal(await exitOf(await taskOf('wrong')), 1);
      assert.equal(await exitOf(await taskOf('astray')), 1);
    });
  });
});
