import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import { asWriteError, writeFileAtomically, type Fingerprint } from '../atomicWrite';
import { sha256OfFile } from '../download/sha256OfFile';
import { readRegularFile } from '../regularFile';
import { UserError } from '../userError';
import { loadWeights } from '../weights/loadWeights';
import { writeSafetensors } from '../weights/safetensors';
import type { StateDict, TensorSource } from '../weights/stateDict';
import { folderDeleted, runFiles } from './runFolder';

/** A place between two steps of training. */
export interface Position {
  readonly epoch: number;
  /** Batches of the epoch's train phase that are done; when they all are, its test phase comes next. */
  readonly batch: number;
  /** What they gave: the sum of losses, right answers, pictures, and the seconds they took. */
  readonly lossSum: number;
  readonly correct: number;
  readonly samples: number;
  readonly seconds: number;
  /** Where a run may stop early: the last epoch before this one whose test accuracy was an improvement. */
  readonly improved?: Improvement;
}

export interface Improvement {
  readonly epoch: number;
  readonly accuracy: number;
}

type NamedFile = Fingerprint & { readonly file: string };

/** How far a run has come. */
export interface Reached {
  readonly position: Position;
  /** Steps that the optimizer has taken. */
  readonly steps: number;
  /** That the run has taken. */
  readonly seconds: number;
}

/** `last/checkpoint.json`: where a run can go on from, and what its files in `last/` and of its best epoch are then. */
export interface Checkpoint extends Reached {
  readonly version: 1;
  readonly best?: BestOfCheckpoint;
  /** What training has changed, by PyTorch's keys and in its layouts; the rest is as the run began. */
  readonly weights: NamedFile;
  /** What the optimizer remembers: a parameter's key followed by PyTorch's name, as in `fc.weight.exp_avg`. */
  readonly optimizer: NamedFile;
}

/** The best epoch when a checkpoint was written; its files are the run folder's. */
export interface BestOfCheckpoint {
  readonly epoch: number;
  readonly accuracy: number;
  readonly loss: number;
  readonly weights: Fingerprint;
  readonly predictions: Fingerprint;
}

/** What of a checkpoint is new; what is left out stays as the one before has it. */
export interface CheckpointNews {
  readonly reached?: Reached;
  /** Read only where steps have been taken. */
  readonly weights: TensorSource;
  readonly optimizer: TensorSource;
  readonly best?: NewBest | undefined;
}

/** A best epoch that is not on the disk yet; each function writes one of its files. */
export interface NewBest extends Pick<BestOfCheckpoint, 'epoch' | 'accuracy' | 'loss'> {
  writeWeights(file: string): Promise<Fingerprint>;
  writePredictions(file: string): Promise<Fingerprint>;
}

const FOLDER = 'last';
const CHECKPOINT = 'checkpoint.json';
const MAX_BYTES = 1_000_000;
/** What is written to `last/`, and so may be cleared away. */
const OWN_FILE = /^((weights|optimizer|best)-\d+\.(safetensors|predictions\.jsonl)|\..+\.tmp)$/;

/**
 * Writes a checkpoint and the files of a new best epoch, all or nothing: the files come first, under names of their
 * own in `last/`; `checkpoint.json`, replaced at once, makes them count; then the best epoch's files move to where they
 * are looked for, and what the checkpoint before had is deleted. A full disk or missing permission is a UserError.
 */
export async function writeCheckpoint(
  folder: string,
  before: Checkpoint | undefined,
  { reached, weights, optimizer, best }: CheckpointNews,
): Promise<Checkpoint> {
  const last = join(folder, FOLDER);
  // Not with its parents: a run folder that was deleted while it trained does not come back.
  await mkdir(last).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw folderDeleted(folder);
    if (error.code !== 'EEXIST') throw asWriteError(error, last);
  });
  const tensors = async (kind: string, source: TensorSource, steps: number): Promise<NamedFile> => {
    const file = `${kind}-${steps}.safetensors`;
    return { file, ...(await writeSafetensors(join(last, file), source, { steps: String(steps) })) };
  };
  let files = before && { weights: before.weights, optimizer: before.optimizer };
  if (reached && reached.steps !== before?.steps) {
    files = {
      weights: await tensors('weights', weights, reached.steps),
      optimizer: await tensors('optimizer', optimizer, reached.steps),
    };
  }
  const place = reached ?? before;
  if (!files || !place) throw new Error('The first checkpoint needs a position');
  const { position, steps, seconds } = place;
  const checkpoint: Checkpoint = {
    ...{ version: 1, position, steps, seconds, ...files },
    ...(best ? { best: await writeBest(last, best) } : before?.best && { best: before.best }),
  };
  // What the log tells must not fall behind the checkpoint, even through a power cut.
  await flush(join(folder, runFiles.events));
  await writeFileAtomically(join(last, CHECKPOINT), `${JSON.stringify(checkpoint, undefined, 2)}\n`);
  await settleCheckpoint(folder, checkpoint);
  return checkpoint;
}

/** Ends what a process may have left half done after its checkpoint counted; and clears away what never did. */
export async function settleCheckpoint(
  folder: string,
  { weights, optimizer, best }: Checkpoint,
): Promise<void> {
  const last = join(folder, FOLDER);
  if (best) {
    for (const [staged, name] of stagedFiles(best)) await moveIfThere(join(last, staged), join(folder, name));
  }
  const kept = [CHECKPOINT, weights.file, optimizer.file];
  for (const name of await readdir(last)) {
    if (OWN_FILE.test(name) && !kept.includes(name)) await rm(join(last, name), { force: true });
  }
}

/** The checkpoint of a run; undefined where there is none. A UserError says that it, or a file of it, is damaged. */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const file = join(folder, FOLDER, CHECKPOINT);
  let text: string;
  try {
    text = (await readRegularFile(file, MAX_BYTES)).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const checkpoint = parse(text);
  if (!checkpoint) throw damaged(file);
  for (const named of [checkpoint.weights, checkpoint.optimizer]) {
    const tensors = join(folder, FOLDER, named.file);
    if (!(await isWhole(tensors, named))) throw damaged(tensors);
  }
  return checkpoint;
}

/** The tensors of a file in `last/`. */
export async function readCheckpointFile(folder: string, { file }: NamedFile): Promise<StateDict> {
  return (await loadWeights(join(folder, FOLDER, file))).tensors;
}

/** Whether the files of the best epoch are those of a checkpoint. */
export async function hasBest(folder: string, { weights, predictions }: BestOfCheckpoint): Promise<boolean> {
  return (
    (await isWhole(join(folder, runFiles.bestWeights), weights)) &&
    (await isWhole(join(folder, runFiles.bestPredictions), predictions))
  );
}

async function writeBest(last: string, best: NewBest): Promise<BestOfCheckpoint> {
  const { epoch, accuracy, loss } = best;
  const [[weights], [predictions]] = stagedFiles(best);
  return {
    ...{ epoch, accuracy, loss },
    weights: await best.writeWeights(join(last, weights)),
    predictions: await best.writePredictions(join(last, predictions)),
  };
}

/** The best epoch's files before they count, and after. */
function stagedFiles({ epoch }: { readonly epoch: number }) {
  return [
    [`best-${epoch}.safetensors`, runFiles.bestWeights],
    [`best-${epoch}.predictions.jsonl`, runFiles.bestPredictions],
  ] as const;
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw asWriteError(error, to);
  }
}

async function isWhole(file: string, { bytes, sha256 }: Fingerprint): Promise<boolean> {
  const size = await stat(file).then(
    stats => (stats.isFile() ? stats.size : undefined),
    () => undefined,
  );
  return size === bytes && (await sha256OfFile(file)) === sha256;
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function damaged(file: string): UserError {
  return new UserError(
    t(
      '{0} is damaged, so the run cannot go on from where it was; train its recipe anew, ' +
        'perhaps with "weights" set to its {1}.',
      file,
      runFiles.bestWeights,
    ),
  );
}

function parse(text: string): Checkpoint | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isCheckpoint(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (typeof value !== 'object' || value === null) return false;
  const { version, position, steps, seconds, best, weights, optimizer } = value as Partial<Checkpoint>;
  return (
    version === 1 &&
    hasNumbers(position, ['epoch', 'batch', 'lossSum', 'correct', 'samples', 'seconds']) &&
    isCount(position?.epoch) &&
    isCount(position?.batch) &&
    (position?.improved === undefined ||
      (hasNumbers(position.improved, ['accuracy']) && isCount(position.improved.epoch))) &&
    isCount(steps) &&
    typeof seconds === 'number' &&
    isNamedFile(weights) &&
    isNamedFile(optimizer) &&
    (best === undefined ||
      (hasNumbers(best, ['accuracy', 'loss']) &&
        isCount(best.epoch) &&
        isFingerprint(best.weights) &&
        isFingerprint(best.predictions)))
  );
}

/** Its name is one of `last/` itself: the file may come from anyone. */
function isNamedFile(value: unknown): value is NamedFile {
  if (!isFingerprint(value)) return false;
  const { file } = value as Partial<NamedFile>;
  return typeof file === 'string' && /^\w[\w.-]{0,99}$/.test(file);
}

function isFingerprint(value: unknown): value is Fingerprint {
  if (typeof value !== 'object' || value === null) return false;
  const { bytes, sha256 } = value as Partial<Fingerprint>;
  return isCount(bytes) && typeof sha256 === 'string';
}

function hasNumbers(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return names.every(name => Number.isFinite(fields[name]));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
