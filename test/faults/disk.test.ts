import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint } from '../../src/core/run/checkpoint';
import { withoutOverride } from '../withoutOverride';
import { FaultyRuns, recordOf, requireSound, resultOf, untilEpochs, type WorkerEnd } from './faultyRuns';

describe('a run that can no longer write', function () {
  this.timeout(120_000);
  const runs = new FaultyRuns();
  let expected: Awaited<ReturnType<typeof resultOf>>;
  before(async () => {
    await runs.prepare();
    const whole = runs.runFolder();
    await runs.finish(whole);
    expected = await resultOf(whole);
  });
  after(() => runs.dispose());

  /** It failed with these words, and its last checkpoint is whole; once it can write, it goes on. */
  async function requireFailed(folder: string, { code }: WorkerEnd, message: RegExp): Promise<void> {
    const run = await recordOf(folder);
    assert.equal(run.status, 'failed');
    assert.match(run.ended!.message!, message);
    assert.equal(code, 1);
    await requireSound(folder);
  }
  async function requireGoesOn(folder: string): Promise<void> {
    await runs.finish(folder);
    assert.deepEqual(await resultOf(folder), expected);
  }

  it('because a file may not grow says so, and goes on when it may', async () => {
    const folder = runs.runFolder();
    // In blocks of 512 or 1024 bytes: less than the weights, more than the log.
    const end = await runs.start(folder, ['bash', '-c', 'ulimit -f 1000; exec "$@"', 'bash']).ended;
    await requireFailed(folder, end, /Cannot write .*: the file system cannot hold a file of this size/);
    assert.equal(await readCheckpoint(folder), undefined);
    await requireGoesOn(folder);
  });

  it('because its folder is read-only says so, and goes on when it is not', async () => {
    const folder = runs.runFolder();
    const { ended } = runs.start(folder, withoutOverride);
    await untilEpochs(folder, 2);
    const places = [join(folder, 'last'), folder];
    for (const place of places) chmodSync(place, 0o500);
    const end = await ended;
    for (const place of places) chmodSync(place, 0o700);
    await requireFailed(folder, end, /Cannot write .*last.*: you have no permission to write there/);
    assert.ok((await readCheckpoint(folder))!.position.epoch >= 1);
    await requireGoesOn(folder);
  });

  if (canMount()) {
    it('because the disk is full says so, and goes on when it is not', async () => {
      const mount = join(runs.workspace, 'small');
      mkdirSync(mount);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'none', mount]);
      try {
        const folder = runs.runFolder({}, mount);
        const { ended } = runs.start(folder);
        await untilEpochs(folder, 1);
        fill(join(mount, 'filler'));
        const end = await ended;
        await requireFailed(folder, end, /Cannot write .*: the disk is full; free some space/);
        assert.ok((await readCheckpoint(folder))!.position.epoch >= 1);
        rmSync(join(mount, 'filler'));
        await requireGoesOn(folder);
      } finally {
        execFileSync('umount', ['--lazy', mount]);
      }
    });
  }
});

/** Takes all the space that is left. */
function fill(file: string): void {
  try {
    for (let size = 2 ** 22; size >= 4096;) {
      try {
        writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
      } catch {
        size /= 2;
      }
    }
  } catch {
    // Full.
  }
}

/** Whether this process may mount a small disk: a user's or a container's mostly may not. */
function canMount(): boolean {
  const command = 'd=$(mktemp -d) && mount -t tmpfs -o size=1m none "$d" && umount "$d"';
  return process.platform === 'linux' && spawnSync('bash', ['-c', command]).status === 0;
}
