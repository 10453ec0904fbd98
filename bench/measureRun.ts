import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What one program's run took, in seconds and bytes. */
export interface Measurement {
  /** From the end of one epoch to that of the next, with all that is done in between; the first from the start. */
  readonly epochs: readonly number[];
  /** From the start to the end of the process. */
  readonly seconds: number;
  /** Peak resident memory. */
  readonly peakBytes: number;
}

const WATCH_EVERY_MS = 50;

/**
 * Runs a program to its end. `endsEpoch` finds the lines of its stdout that tell the end of an epoch.
 * The peak memory of the process is read from the kernel (Linux).
 */
export async function measureRun(
  program: string,
  args: readonly string[],
  endsEpoch: (line: string) => boolean,
): Promise<Measurement> {
  const start = performance.now();
  const now = (): number => (performance.now() - start) / 1000;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const epochs: number[] = [];
  let lastEnd = 0;
  createInterface({ input: child.stdout }).on('line', line => {
    if (!endsEpoch(line)) return;
    const end = now();
    epochs.push(end - lastEnd);
    lastEnd = end;
  });
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, WATCH_EVERY_MS);
  const code = await new Promise(resolve => child.once('close', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}`);
  return { epochs, seconds: now(), peakBytes };
}

/**
 * Seconds of the whole job had it run `epochs` epochs: as measured, and for each epoch that was left out the median of
 * those after the first, since epochs are alike.
 */
export function wholeJob({ epochs: measured, seconds }: Measurement, epochs: number): number {
  return seconds + (epochs - measured.length) * (measured.length > 1 ? median(measured.slice(1)) : 0);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
