import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { t } from '../../protocol/language';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import { NEUTRAL_FOLDER } from '../download/runProgram';
import { UserError } from '../userError';
import { readWorkerLine } from './workerLine';

export interface TorchrunCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Set on top of this process's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes what torchrun and its processes say to a person. */
  readonly log: string;
  /** What to tell of processes that were started again after one of them had failed. */
  startedAgain(from: { readonly epoch: number; readonly batch: number }): TrainingEvent;
  readonly signal: AbortSignal;
}

/** The processes end after the batch in hand; then torchrun is asked, which gives them half a minute; then all end. */
const ASK_TORCHRUN_AFTER_MS = 60_000;
const KILL_AFTER_MS = 100_000;

/**
 * Runs torchrun without a shell; yields what its processes tell of the training and returns whether that ran to its
 * end. When the signal aborts they stop after the batch in hand. A UserError says why they failed, or where it says so.
 */
export async function* runTorchrun(
  command: TorchrunCommand,
): AsyncGenerator<TrainingEvent, 'completed' | 'cancelled'> {
  const { signal, log } = command;
  signal.throwIfAborted();
  const child = start(command);
  const processes = new Processes(child);
  const stop = (): void => processes.stop();
  const endNow = (): void => processes.end('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  process.once('exit', endNow);
  let status: 'completed' | 'cancelled' | undefined;
  try {
    const end = processes.ended();
    for await (const text of createInterface({ input: child.stdout! })) {
      const line = readWorkerLine(text);
      if (!line) continue;
      switch (line.kind) {
        case 'worker':
          processes.worker = line.pid;
          if (signal.aborted) stop();
          break;
        case 'startedAgain':
          yield command.startedAgain(line);
          break;
        case 'ended':
          status = line.status;
          break;
        case 'failed':
          throw line.problem;
        default:
          yield line;
      }
    }
    const { code, endedBy } = await end;
    if (signal.aborted) return 'cancelled';
    if (status !== undefined) return status;
    throw new UserError(
      t(
        "PyTorch's processes ended {0}{1}; all they said is in {2}",
        endedBy ? t('by {0}', endedBy) : t('with code {0}', code ?? ''),
        await reasonIn(log),
        log,
      ),
    );
  } finally {
    signal.removeEventListener('abort', stop);
    process.removeListener('exit', endNow);
    await processes.close();
  }
}

function start({ program, args, environment, log }: TorchrunCommand): ChildProcess {
  const descriptor = openSync(log, 'a');
  try {
    return spawn(program, args, {
      cwd: NEUTRAL_FOLDER,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', descriptor],
      // A group of its own, so that Ctrl-C in a terminal reaches this process alone.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } finally {
    closeSync(descriptor);
  }
}

interface End {
  readonly code: number | null;
  readonly endedBy: NodeJS.Signals | null;
}

/** torchrun and the processes that it started. */
class Processes {
  /** One that tells the others when it is to stop; torchrun then ends on its own. */
  worker: number | undefined;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly closed: Promise<End>;

  constructor(private readonly torchrun: ChildProcess) {
    this.closed = new Promise((resolve, reject) => {
      torchrun.once('error', reject);
      torchrun.once('close', (code, endedBy) => resolve({ code, endedBy }));
    });
    this.closed.catch(() => undefined);
  }

  ended(): Promise<End> {
    return this.closed;
  }

  stop(): void {
    if (this.worker === undefined || !send(this.worker, 'SIGTERM')) this.end('SIGTERM');
    this.timers.push(
      setTimeout(() => this.end('SIGTERM'), ASK_TORCHRUN_AFTER_MS).unref(),
      setTimeout(() => this.end('SIGKILL'), KILL_AFTER_MS).unref(),
    );
  }

  end(how: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.torchrun;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    send(process.platform === 'win32' ? pid : -pid, how);
  }

  /** Resolves when all have ended; they are asked to if they have not. */
  async close(): Promise<void> {
    if (this.torchrun.pid !== undefined) {
      this.end('SIGTERM');
      this.timers.push(setTimeout(() => this.end('SIGKILL'), KILL_AFTER_MS - ASK_TORCHRUN_AFTER_MS));
      await this.closed.catch(() => undefined);
    }
    this.timers.forEach(clearTimeout);
  }
}

function send(pid: number, how: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, how);
  } catch {
    // It ended by itself in the meantime.
    return false;
  }
}

/** The last error that a log names, in brackets; empty where it names none. */
async function reasonIn(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).split('\n');
  const names = (line: string): string | undefined =>
    /^(?:\[rank\d+\]: ?)?((?:[\w.]*(?:Error|Exception|Failure)): .{1,300})/.exec(line)?.[1] ??
    /(Signal \d+ \(SIG\w+\))/.exec(line)?.[1];
  const found = lines.findLast(line => names(line) !== undefined);
  return found === undefined ? '' : ` (${names(found)})`;
}
