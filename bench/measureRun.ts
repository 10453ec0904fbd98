import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What one program's run took. */
export interface Measurement {
  /** Of each epoch, train and test phase together. */
  readonly epochs: readonly number[];
  /** From start to end of the process, in seconds. */
  readonly seconds: number;
  /** Peak resident memory, in bytes. */
  readonly peakBytes: number;
}

const WATCH_EVERY_MS = 50;

/** Runs a program to its end, handing its lines of stdout to `onLine`. Its peak memory is read from the kernel (Linux). */
export async function measureRun(
  program: string,
  args: readonly string[],
  onLine: (line: string) => void,
): Promise<{ seconds: number; peakBytes: number }> {
  const start = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: child.stdout }).on('line', onLine);
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, WATCH_EVERY_MS);
  const code = await new Promise(resolve => child.once('close', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}`);
  return { seconds: (performance.now() - start) / 1000, peakBytes };
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
