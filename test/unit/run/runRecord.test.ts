import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestStop, writeLiveState } from '../../../src/core/run/liveState';
import { identityOf } from '../../../src/core/run/processIdentity';
import { isRunFolder, RunRecord } from '../../../src/core/run/runRecord';
import type { LiveState } from '../../../src/protocol/workerMessages';
import { batch, deadProcess, ended, started, temporaryFolder } from './runFolders';

describe('a run read from its folder', () => {
  const parent = temporaryFolder();
  let folder: string;
  beforeEach(() => {
    folder = join(parent.path, '2026-11-24T14-03-59-bees');
    mkdirSync(folder);
  });
  const tell = (event: unknown): void =>
    appendFileSync(join(folder, 'events.jsonl'), `${JSON.stringify(event)}\n`);
  const live = (state: Partial<LiveState> = {}): void =>
    writeLiveState(folder, {
      process: identityOf(),
      phase: 'running',
      heartbeat: Date.now(),
      ...state,
    });
  const read = async (): Promise<RunRecord> => {
    const run = new RunRecord(folder);
    await run.refresh();
    return run;
  };

  it('is there when a folder has any of its files', () => {
    assert.equal(isRunFolder(folder), false);
    writeFileSync(join(folder, 'notes.txt'), '');
    assert.equal(isRunFolder(folder), false);
    tell(started);
    assert.equal(isRunFolder(folder), true);
  });

  it('has its name and time from the folder until more is known', async () => {
    const run = await read();
    assert.equal(run.name, 'bees');
    assert.equal(run.time, new Date('2026-11-24T14:03:59').getTime());
    tell(started);
    await run.refresh();
    assert.equal(run.name, 'ants');
    assert.equal(run.recipeFile, undefined);
  });

  it('has what the editor asked for while its process has not said anything', async () => {
    const request = { name: 'wasps', recipeFile: '/r.thaw.json', recipe: '{}', version: '1', requested: 7 };
    writeFileSync(join(folder, 'start.json'), JSON.stringify(request));
    const run = await read();
    assert.deepEqual([run.name, run.time, run.recipeFile], ['wasps', 7, '/r.thaw.json']);
  });

  for (const phase of ['queued', 'preparing'] as const) {
    it(`is ${phase} when its process says so`, async () => {
      live({ phase });
      assert.equal((await read()).status, phase);
    });
  }

  for (const status of ['completed', 'cancelled', 'failed'] as const) {
    it(`is ${status} when its last event says so, whatever its process does`, async () => {
      live();
      tell(started);
      tell({ ...ended, status });
      const run = await read();
      assert.deepEqual([run.status, run.isLive, run.latest], [status, false, undefined]);
    });
  }

  it('is crashed when its process is gone and did not say how it ended', async () => {
    tell(started);
    assert.equal((await read()).status, 'crashed');
    live({ process: { ...identityOf(), pid: deadProcess() } });
    assert.equal((await read()).status, 'crashed');
  });

  it('is crashed when another process has the number of its own', async () => {
    const process = { ...identityOf(), started: 'before' };
    live({ process, heartbeat: Date.now() - 120_000 });
    assert.equal((await read()).status, 'crashed');
  });

  it('waits for a process of another machine to show itself before it takes it for gone', async () => {
    const process = { ...identityOf(), place: 'elsewhere' };
    live({ process });
    const run = await read();
    assert.equal(run.status, 'running');
    live({ process, heartbeat: Date.now() - 200_000 });
    for (let look = 1; look < 20; look++) await run.refresh();
    assert.equal(run.status, 'running');
    await run.refresh();
    assert.equal(run.status, 'crashed');
    live({ process });
    await run.refresh();
    assert.equal(run.status, 'running');
  });

  it('tells what is new once, the passing event last', async () => {
    live({ latest: batch() });
    tell(started);
    const run = new RunRecord(folder);
    assert.deepEqual(await run.refresh(), { events: [started, batch()], statusChanged: true });
    assert.deepEqual(await run.refresh(), { events: [], statusChanged: false });
    live({ latest: batch({ batch: 3 }) });
    const [one, two] = await Promise.all([run.refresh(), run.refresh()]);
    assert.deepEqual([...one.events, ...two.events], [batch({ batch: 3 })]);
    assert.deepEqual(run.events, [started]);
    assert.deepEqual(run.latest, batch({ batch: 3 }));
  });

  it('says that it has been asked to stop while it is live', async () => {
    live();
    const run = await read();
    requestStop(folder);
    assert.equal(run.isStopping, true);
    tell(started);
    tell(ended);
    await run.refresh();
    assert.equal(run.isStopping, false);
  });

  it('lives again when it is resumed, without what is trained again', async () => {
    const phase = (epoch: number) =>
      ({ kind: 'phaseEnded', epoch, phase: 'test', loss: 1, accuracy: 0, samples: 1, seconds: 1 }) as const;
    tell(started);
    tell(phase(0));
    tell(phase(1));
    tell({ ...ended, status: 'cancelled' });
    writeFileSync(join(folder, 'recipe.json'), '{}');
    const run = await read();
    assert.deepEqual([run.status, run.isResumable], ['cancelled', true]);
    live({ phase: 'preparing' });
    await run.refresh();
    assert.deepEqual([run.status, run.isResumable], ['preparing', false]);
    const { engine, engineReason, runFolder } = started;
    const resumed = {
      ...{ kind: 'runResumed', epoch: 1, batch: 0, epochs: 4 },
      engine,
      engineReason,
      runFolder,
    };
    tell(resumed);
    live();
    await run.refresh();
    assert.deepEqual([run.status, run.ended], ['running', undefined]);
    assert.deepEqual(run.events, [started, phase(0), resumed]);
    tell(ended);
    await run.refresh();
    assert.deepEqual([run.status, run.isResumable], ['completed', false]);
  });

  it('has failed when its folder was deleted before its end', async () => {
    live();
    tell(started);
    const run = await read();
    rmSync(folder, { recursive: true });
    assert.equal((await run.refresh()).statusChanged, true);
    assert.deepEqual([run.status, run.ended, run.events.length], ['failed', undefined, 1]);
  });
});
