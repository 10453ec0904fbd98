import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Random } from '../../src/core/random';
import { UserError } from '../../src/core/userError';

/** Files of one input, by path; and how the program reads them. */
export interface FuzzInput {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Reads them in `folder`, where they are; returns anything, or throws a UserError. */
  read(folder: string): unknown;
}

/** A kind of file that may come from a stranger. */
export interface FuzzTarget {
  readonly name: string;
  /** What is wrong with these is passed over. */
  readonly refusesNothing?: boolean;
  /** Made once for each process: pictures, and files that PyTorch wrote. */
  prepare?(): Promise<void>;
  /** The input of a number: the same for the same random numbers, mostly a sound file with a few changes. */
  input(random: Random): FuzzInput;
}

export interface FuzzCounts {
  read: number;
  refused: number;
  slowestMs: number;
}

/** What one input may take. Generous: other programs run on the machine, too. */
const MOST_MS = 5_000;
const LONGEST_MESSAGE = 20_000;
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/**
 * Reads one input in an empty folder and checks what must hold of all of them: it ends in time with a value or a
 * UserError of a readable message, changes no prototype, and writes nothing.
 */
export async function fuzzOnce(
  target: FuzzTarget,
  seed: number,
  number: number,
  folder: string,
): Promise<{ readonly outcome: 'read' | 'refused'; readonly ms: number }> {
  const what = `--target ${target.name} --seed ${seed} --from ${number} --count 1`;
  const input = target.input(new Random(seed, target.name, number));
  await rm(folder, { recursive: true, force: true });
  for (const [path, content] of Object.entries(input.files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const before = await stateOf(folder);
  const start = performance.now();
  let outcome: 'read' | 'refused' = 'read';
  try {
    await input.read(folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw new Error(`no UserError: ${what}`, { cause: error });
    const { message } = error;
    if (message.length > LONGEST_MESSAGE || STEERING.test(message.replaceAll(folder, '')))
      throw new Error(`a message of ${message.length} characters: ${what}`, { cause: error });
    outcome = 'refused';
  }
  const ms = performance.now() - start;
  if (ms > MOST_MS) throw new Error(`${Math.round(ms)} ms: ${what}`);
  if (isPolluted()) throw new Error(`a prototype was changed: ${what}`);
  if ((await stateOf(folder)) !== before) throw new Error(`files were written: ${what}`);
  return { outcome, ms };
}

/** Reads inputs `from` to `from + count`, or until `until` (ms since 1970). The first that fails is thrown. */
export async function fuzz(
  target: FuzzTarget,
  seed: number,
  { from = 0, count = Infinity, until = Infinity }: { from?: number; count?: number; until?: number },
  folder: string,
): Promise<FuzzCounts> {
  await target.prepare?.();
  const counts: FuzzCounts = { read: 0, refused: 0, slowestMs: 0 };
  for (let number = from; number < from + count && Date.now() < until; number++) {
    const { outcome, ms } = await fuzzOnce(target, seed, number, join(folder, 'input'));
    counts[outcome]++;
    counts.slowestMs = Math.max(counts.slowestMs, ms);
  }
  return counts;
}

const PROTOTYPES: readonly object[] = [Object.prototype, Array.prototype, Function.prototype, Map.prototype];
const OWN = PROTOTYPES.map(prototype => Reflect.ownKeys(prototype).length);

function isPolluted(): boolean {
  return PROTOTYPES.some((prototype, index) => Reflect.ownKeys(prototype).length !== OWN[index]);
}

/** Names and sizes below the folder and beside it: what an input could have changed. */
async function stateOf(folder: string): Promise<string> {
  const place = dirname(folder);
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const lines = entries.map(async entry => {
    const path = join(entry.parentPath, entry.name);
    return `${relative(place, path)} ${entry.isFile() ? (await lstat(path)).size : ''}`;
  });
  return (await Promise.all(lines)).sort().join('\n');
}

/** The bytes of a file beside the tests. */
export function fixture(...path: readonly string[]): Promise<Buffer> {
  return readFile(join(__dirname, '..', 'fixtures', ...path));
}
