import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { TrainingEvent } from '../../../src/protocol/trainingEvent';

const program = join(__dirname, '..', '..', '..', 'dist', 'cli.js');

/** The events that `--json` prints, or that `events.jsonl` holds. */
export function eventsIn(lines: string): TrainingEvent[] {
  return lines
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as TrainingEvent);
}

/** A recipe that trains in a second on the tiny pictures of a folder `two`. */
export const quickRecipe = {
  data: { folder: 'two' },
  model: 'squeezenet1_1',
  weights: 'none',
  imageSize: 64,
  batchSize: 8,
  epochs: 2,
  optimizer: { lr: 0.003 },
};

/** How a run of the built program ended. */
export interface ThawEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built program; `ended` comes when it has closed its output. */
export function startThaw(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  options: { readonly cwd?: string } = {},
): { readonly child: ChildProcess; readonly ended: Promise<ThawEnd> } {
  const child = spawn(process.execPath, [program, ...args], {
    ...options,
    env: { ...process.env, THAW_LANG: 'en', ...environment },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = new Promise<ThawEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, ...said }));
  });
  return { child, ended };
}

/** Runs the built program to its end. */
export function thaw(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ThawEnd> {
  return startThaw(args, environment).ended;
}
