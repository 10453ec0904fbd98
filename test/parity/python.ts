import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The Python that has PyTorch. */
export const python = process.env['THAW_PYTHON'] ?? 'python3';

/** What a Python program prints: a script beside this file, or one anywhere by its whole path. */
export async function runPython(script: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(python, [resolve(__dirname, script), ...args], { maxBuffer: 2 ** 26 });
  return stdout;
}

/** A script beside this file that answers many questions (see answers.py): its imports take longer than an answer. */
export class PythonAnswers {
  private readonly process;
  private readonly answers;
  private log = '';

  constructor(private readonly script: string) {
    this.process = spawn(python, [join(__dirname, script)]);
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    this.answers = createInterface(this.process.stdout)[Symbol.asyncIterator]();
  }

  /** The answer to one question; the next is asked after it. Throws with what the script complained of. */
  async ask(...args: readonly unknown[]): Promise<unknown> {
    this.process.stdin.write(`${JSON.stringify(args)}\n`);
    const { done, value } = await this.answers.next();
    if (done) {
      if (this.process.exitCode === null) await once(this.process, 'close');
      throw new Error(`${this.script} ended: ${this.log}`);
    }
    return JSON.parse(value) as unknown;
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, 'close');
    this.process.stdin.end();
    await ended;
  }
}
