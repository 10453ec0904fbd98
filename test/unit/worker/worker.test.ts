import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEvents } from '../../../src/core/run/eventLog';
import { requestStop } from '../../../src/core/run/liveState';
import { RunRecord, type RunStatus } from '../../../src/core/run/runRecord';
import type { StartRequest } from '../../../src/protocol/workerMessages';
import { tinyPictures } from '../training/tinyPictures';

const program = join(__dirname, '../../../dist/worker.js');

describe('the training process', () => {
  let workspace: string;
  const children: ChildProcess[] = [];
  before(async () => {
    workspace = mkdtempSync(join(tmpdir(), 'thaw-worker-'));
    await tinyPictures(join(workspace, 'data'), ['blue', 'red'], 20);
  });
  after(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(workspace, { recursive: true, force: true, maxRetries: 5 });
  });

  const recipe = (fields: object): string =>
    JSON.stringify({
      ...{ data: { folder: 'data' }, model: 'squeezenet1_1', weights: 'none', imageSize: 64 },
      ...{ batchSize: 8, epochs: 2, optimizer: { lr: 0.01 } },
      ...fields,
    });
  let runs = 0;

  /** A process on a run folder, as the editor starts one. The queue is the test's own. */
  function start(text: string, language = 'en'): { folder: string; child: ChildProcess; run: RunRecord } {
    const folder = join(workspace, `run-${runs++}`);
    mkdirSync(folder);
    const recipeFile = join(workspace, 'test.thaw.json');
    const request: StartRequest = { name: 'test', recipeFile, recipe: text, version: '0', requested: runs };
    writeFileSync(join(folder, 'start.json'), JSON.stringify(request));
    const child = spawn(process.execPath, [program, folder, join(workspace, 'queue')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, THAW_LANG: language },
    });
    children.push(child);
    return { folder, child, run: new RunRecord(folder) };
  }
  async function reach(run: RunRecord, ...wanted: readonly RunStatus[]): Promise<void> {
    const end = performance.now() + 30_000;
    for (; !wanted.includes(run.status); await sleep(20)) {
      if (performance.now() > end) throw new Error(`still ${run.status}`);
      await run.refresh();
    }
  }
  const exit = async (child: ChildProcess): Promise<unknown> => (await once(child, 'exit'))[0];
  const eventsOf = (folder: string) => readEvents(join(folder, 'events.jsonl'));

  it('says what goes wrong in the language that it is told', async () => {
    const { child, folder, run } = start(recipe({ data: { folder: 'nowhere' } }), 'zh-cn');
    assert.equal(await exit(child), 1);
    await run.refresh();
    assert.equal(run.ended!.message, `data.folder：没有文件夹 ${join(workspace, 'nowhere')}`);
    assert.deepEqual(
      (await eventsOf(folder)).map(({ kind }) => kind),
      ['runEnded'],
    );
  });

  it('trains what start.json asks for and leaves a whole run folder', async () => {
    const { folder, child, run } = start(recipe({}));
    await reach(run, 'running');
    assert.equal(await exit(child), 0);
    await run.refresh();
    assert.deepEqual([run.status, run.ended!.bestEpoch >= 0], ['completed', true]);
    const kinds = (await eventsOf(folder)).map(({ kind }) => kind);
    assert.equal(kinds.filter(kind => kind === 'phaseEnded').length, 4);
    const files = readdirSync(folder);
    for (const file of ['best.safetensors', 'best.predictions.jsonl', 'recipe.json'])
      assert.ok(files.includes(file));
    for (const file of ['live.json', 'stop']) assert.ok(!files.includes(file));
  });

  it('stops between two batches when a file asks for it, and keeps the best epoch', async () => {
    const { folder, child, run } = start(recipe({ epochs: 5_000 }));
    while (!run.events.some(({ kind }) => kind === 'bestEpoch')) {
      await reach(run, 'running');
      await run.refresh();
      await sleep(20);
    }
    const asked = performance.now();
    requestStop(folder);
    assert.equal(await exit(child), 0);
    assert.ok(performance.now() - asked < 3_000);
    await run.refresh();
    assert.equal(run.status, 'cancelled');
    assert.ok(readdirSync(folder).includes('best.safetensors'));
  });

  it('waits for the run that came before it, and goes on when that one is killed', async () => {
    const first = start(recipe({ epochs: 5_000 }));
    await reach(first.run, 'running');
    const second = start(recipe({ epochs: 1 }));
    await reach(second.run, 'queued');
    await sleep(500);
    await second.run.refresh();
    assert.equal(second.run.status, 'queued');
    first.child.kill('SIGKILL');
    await reach(first.run, 'crashed');
    assert.equal(await exit(second.child), 0);
    await reach(second.run, 'completed');
  });

  it('leaves the queue when it is asked to stop while it waits', async () => {
    const first = start(recipe({ epochs: 5_000 }));
    await reach(first.run, 'running');
    const second = start(recipe({}));
    await reach(second.run, 'queued');
    requestStop(second.folder);
    assert.equal(await exit(second.child), 130);
    await reach(second.run, 'cancelled');
    first.child.kill('SIGTERM');
    assert.equal(await exit(first.child), 0);
    await reach(first.run, 'cancelled');
  });

  it('says a mistake in the recipe or the data as the end of the run, and nothing in its log', async () => {
    const { child, run } = start(recipe({ data: { folder: 'nowhere' } }));
    let said = '';
    child.stderr!.on('data', (text: Buffer) => (said += text.toString()));
    assert.equal(await exit(child), 1);
    await run.refresh();
    assert.equal(run.status, 'failed');
    assert.match(run.ended!.message!, /nowhere/);
    assert.equal(said, '');
  });

  if (process.platform === 'linux') {
    it('has no port while it trains', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      assert.equal(portsOf(process.pid).length, 1, 'a port is seen');
      server.close();
      const { folder, child, run } = start(recipe({ epochs: 1000 }));
      await reach(run, 'running');
      assert.deepEqual(portsOf(child.pid!), []);
      requestStop(folder);
      await exit(child);
    });
  }

  it('ends when its folder is deleted', async () => {
    const { folder, child, run } = start(recipe({ epochs: 5_000 }));
    await reach(run, 'running');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    assert.equal(await exit(child), 1);
    await reach(run, 'failed');
    assert.throws(() => readFileSync(join(folder, 'recipe.json')), { code: 'ENOENT' });
  });
});

/** Sockets of the network that a process has: their lines in the system's tables. */
function portsOf(pid: number): readonly string[] {
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap(name => {
    try {
      return [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? ''];
    } catch {
      return [];
    }
  });
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap(table =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .filter(line => sockets.includes(line.trim().split(/\s+/)[9] ?? '-')),
  );
}
