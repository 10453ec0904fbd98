import { spawn } from 'node:child_process';
import { parse } from 'node:path';

/** How a program ended: its exit code (null when a signal ended it) and what it said, the ends of long texts. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly endedBy: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly signal?: AbortSignal;
  /** Set on top of this process's own environment. */
  readonly environment?: Readonly<Record<string, string>>;
}

const MAX_OUTPUT_CHARACTERS = 1_000_000;
const KILL_AFTER_MS = 2_000;
/**
 * Where programs run: never in the folder that this one was started in, which may be anyone's. `python -m pip` would
 * take a `pip.py` that lies there for pip, and Windows a `python3.exe` for Python.
 */
export const NEUTRAL_FOLDER = parse(process.execPath).root;

/**
 * Runs a program without a shell and waits for its end. Undefined when there is no such program; rejects with the
 * signal's reason once the program and what it started have been ended.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { signal, environment }: ProgramOptions = {},
): Promise<ProgramEnd | undefined> {
  signal?.throwIfAborted();
  // A group of its own on POSIX, so that a compiler driver takes its passes with it when it is ended.
  const grouped = process.platform !== 'win32';
  const child = spawn(program, args, {
    cwd: NEUTRAL_FOLDER,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: grouped,
    windowsHide: true,
  });
  const end = (how: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(grouped ? -child.pid : child.pid, how);
    } catch {
      // It ended by itself in the meantime.
    }
  };
  let killTimer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    end('SIGTERM');
    killTimer = setTimeout(() => end('SIGKILL'), KILL_AFTER_MS);
  };
  const endNow = (): void => end('SIGKILL');
  signal?.addEventListener('abort', abort, { once: true });
  process.once('exit', endNow);
  try {
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] = (output[name] + text).slice(-MAX_OUTPUT_CHARACTERS);
      });
    }
    const ended = await new Promise<ProgramEnd | undefined>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT' ? resolve(undefined) : reject(error),
      );
      child.once('close', (code, endedBy) => resolve({ code, endedBy, ...output }));
    });
    signal?.throwIfAborted();
    return ended;
  } finally {
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', abort);
    process.removeListener('exit', endNow);
  }
}
