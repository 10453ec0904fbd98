import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const program = join(__dirname, '..', '..', '..', 'dist', 'cli.js');

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
): { readonly child: ChildProcess; readonly ended: Promise<ThawEnd> } {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...environment } });
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
