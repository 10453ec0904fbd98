import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingEvent } from '../../../src/protocol/trainingEvent';
import { runTorchrun } from '../../../src/core/torchrun/runTorchrun';
import { UserError } from '../../../src/core/userError';

/** Functions at hand for a program that stands for torchrun with its processes: one and the same process here. */
const PRELUDE = `
const tell = line => console.log(JSON.stringify(line));
const worker = () => tell({ kind: 'worker', pid: process.pid });
`;

describe('the processes of torchrun', () => {
  let folder: string;
  let log: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-run-torchrun-'));
    log = join(folder, 'log.txt');
  });
  beforeEach(() => rm(log, { force: true }));
  after(() => rm(folder, { recursive: true, force: true }));

  async function run(script: string, signal = new AbortController().signal, onEvent?: () => void) {
    const args = ['-e', `${PRELUDE}${script}`];
    const running = runTorchrun({
      program: process.execPath,
      args,
      environment: { THAW_TEST: 'seen' },
      log,
      startedAgain: ({ epoch }) => ({ kind: 'note', message: `again from ${epoch}` }),
      signal,
    });
    const events: TrainingEvent[] = [];
    for (;;) {
      const step = await running.next();
      if (step.done) return { events, status: step.value };
      events.push(step.value);
      onEvent?.();
    }
  }

  it('tell of the training on stdout, and the rest goes to the log', async () => {
    const { events, status } = await run(`
      worker();
      console.log('a library says hello');
      tell({ kind: 'note', message: process.env.THAW_TEST });
      tell({ kind: 'startedAgain', epoch: 3, batch: 0 });
      console.error('a warning');
      tell({ kind: 'ended', status: 'completed' });
    `);
    assert.deepEqual(events, [
      { kind: 'note', message: 'seen' },
      { kind: 'note', message: 'again from 3' },
    ]);
    assert.equal(status, 'completed');
    assert.equal(await readFile(log, 'utf8'), 'a warning\n');
  });

  it('say in a sentence why trying again is of no use', async () => {
    await assert.rejects(
      run(`tell({ kind: 'failed', why: 'machinesDiffer' }); setInterval(() => {}, 9)`),
      /^UserError: The machines do not train the same/,
    );
  });

  it('that end without a word are a UserError that names the last error of the log', async () => {
    const script = `console.error('[rank0]: RuntimeError: CUDA out of memory'); console.error('done'); process.exit(3)`;
    await assert.rejects(run(script), (error: Error) => {
      assert.ok(error instanceof UserError);
      const because = 'RuntimeError: CUDA out of memory';
      assert.equal(
        error.message,
        `PyTorch's processes ended with code 3 (${because}); all they said is in ${log}`,
      );
      return true;
    });
    await rm(log);
    await assert.rejects(run(`process.kill(process.pid, 'SIGKILL')`), /ended by SIGKILL; all they said/);
    await assert.rejects(run(''), /ended with code 0; all they said/);
  });

  it('end after the batch in hand when the run is to stop', async () => {
    const controller = new AbortController();
    const script = `
      process.on('SIGTERM', () => { tell({ kind: 'note', message: 'kept' }); process.exit(0); });
      worker();
      tell({ kind: 'note', message: 'training' });
      setInterval(() => {}, 1000);
    `;
    const { events, status } = await run(script, controller.signal, () => controller.abort());
    assert.deepEqual(
      events.map(event => event.kind === 'note' && event.message),
      ['training', 'kept'],
    );
    assert.equal(status, 'cancelled');
  });

  it('end when nobody listens any more', async () => {
    const command = {
      ...{ program: process.execPath, environment: {}, log, signal: new AbortController().signal },
      startedAgain: () => assert.fail('it was not'),
    };
    const script = `tell({ kind: 'note', message: String(process.pid) }); setInterval(() => {}, 1000)`;
    let pid = 0;
    for await (const event of runTorchrun({ ...command, args: ['-e', `${PRELUDE}${script}`] })) {
      if (event.kind === 'note') pid = Number(event.message);
      break;
    }
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });
});
