import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLiveState, requestStop } from '../../../src/core/run/liveState';
import { RunRecorder } from '../../../src/core/run/runRecorder';
import { batch, ended, started, temporaryFolder } from './runFolders';

describe('recording a run', () => {
  const parent = temporaryFolder();
  let folder: string;
  let recorder: RunRecorder;
  beforeEach(() => {
    folder = join(parent.path, 'run');
    mkdirSync(folder);
    recorder = new RunRecorder();
  });
  afterEach(() => recorder.close());
  const lines = (): readonly unknown[] =>
    readFileSync(join(folder, 'events.jsonl'), 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as unknown);

  it('keeps what came before the folder was there, but not what passes quickly', () => {
    const note = { kind: 'note', message: 'A folder is empty.' } as const;
    recorder.record(note);
    recorder.record(batch());
    recorder.open(folder);
    recorder.record(started);
    assert.deepEqual(lines(), [note, started]);
  });

  it('tells what the run is at, and leaves only its events when it is closed', () => {
    recorder.open(folder, 'queued');
    assert.equal(readLiveState(folder)!.phase, 'queued');
    recorder.enter('preparing');
    assert.equal(readLiveState(folder)!.phase, 'preparing');
    recorder.record(started);
    assert.equal(readLiveState(folder)!.phase, 'running');
    assert.equal(readLiveState(folder)!.process.pid, process.pid);
    recorder.record(ended);
    recorder.close();
    assert.deepEqual(readdirSync(folder), ['events.jsonl']);
  });

  it('shows the newest batch within 400 ms and replaces it at most eight times a second', async () => {
    recorder.open(folder);
    const written = new Set<number>();
    const begin = performance.now();
    for (let i = 0; performance.now() - begin < 600; i++) {
      recorder.record(batch({ batch: i }));
      written.add(readLiveState(folder)!.heartbeat);
      await sleep(5);
    }
    assert.ok(written.size >= 3 && written.size <= 6, `${written.size} times`);
    recorder.record(batch({ batch: 7_777 }));
    await sleep(400);
    assert.deepEqual(readLiveState(folder)!.latest, batch({ batch: 7_777 }));
  });

  it('hears of a request to stop with the next event, and without one', async () => {
    recorder.open(folder);
    requestStop(folder);
    recorder.record(batch());
    assert.equal(recorder.stopped.aborted, true);

    const other = new RunRecorder();
    other.open(folder);
    await sleep(400);
    assert.equal(other.stopped.aborted, true);
    other.close();
  });

  it('goes on in silence when there is no live state to be written, and ends when its folder is gone', () => {
    recorder.open(folder);
    rmSync(folder, { recursive: true });
    assert.throws(() => recorder.record(batch()), { name: 'UserError', message: /was deleted/ });
  });
});
