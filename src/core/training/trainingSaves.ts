import { join } from 'node:path';
import type { Optimizer } from '../engine/optimizers';
import type { Snapshot } from '../engine/variables';
import {
  readCheckpointFile,
  writeCheckpoint,
  type Checkpoint,
  type NewBest,
  type Position,
  type Reached,
} from '../run/checkpoint';
import { writeLayerChanges } from '../run/layerChanges';
import { writePredictions } from '../run/predictions';
import { runFiles } from '../run/runFolder';
import { loadWeights } from '../weights/loadWeights';
import { writeSafetensors } from '../weights/safetensors';
import type { StateDict } from '../weights/stateDict';
import { layerChanges } from './layerChanges';
import type { LoadedRun } from './loadedRun';
import { argMax } from './metrics';
import type { BestEpoch, Passing } from './runEpochs';

/** Writing may take at most this share of a run's time. */
const WRITE_SHARE = 0.05;
/** A long epoch is saved this often, unless told. */
const SAVE_EVERY_MS = 5 * 60_000;

/**
 * What a run keeps: the weights of its best epoch, and where it could go on from. In memory at once and on disk soon,
 * both together: a large network whose epochs are quick is not written after each of them, but when writing costs
 * little, and at the end.
 */
export class TrainingSaves {
  private readonly start: Snapshot;
  private readonly begun = performance.now();
  private readonly secondsBefore: number;
  private snapshot: Snapshot | undefined;
  private best: BestEpoch | undefined;
  private written: Checkpoint | undefined;
  private writeAgainAt = 0;
  private savedAt = performance.now();

  constructor(
    private readonly run: LoadedRun,
    private readonly optimizer: Optimizer,
    private readonly folder: string,
    from: Checkpoint | undefined,
    private readonly saveEveryMs = SAVE_EVERY_MS,
  ) {
    this.start = run.network.variables.snapshot();
    this.written = from;
    this.secondsBefore = from?.seconds ?? 0;
  }

  /** Puts network and optimizer where a checkpoint has them. */
  async restore(from: Checkpoint): Promise<void> {
    const { network } = this.run;
    const [changed, remembered] = [
      await readCheckpointFile(this.folder, from.weights),
      await readCheckpointFile(this.folder, from.optimizer),
    ];
    if (from.best) {
      const { tensors } = await loadWeights(join(this.folder, runFiles.bestWeights));
      network.variables.load(only(tensors, changed));
      this.snapshot = network.variables.snapshot();
    }
    network.resume(changed, from.steps);
    this.optimizer.restore(remembered, from.steps);
  }

  keep(best: BestEpoch): void {
    this.snapshot?.dispose();
    this.snapshot = this.run.network.variables.snapshot();
    this.best = best;
  }

  /** Writes what is new, where it is due: always at the end. */
  async save(position: Position, at: Passing): Promise<void> {
    const now = performance.now();
    const isDue = at !== 'batch' || now - this.savedAt >= this.saveEveryMs;
    if (!isDue || (at !== 'end' && now < this.writeAgainAt)) return;
    const { steps } = this.run.network;
    // Nothing was trained, or the weights have run away: what was before is better.
    if (steps === 0 || !Number.isFinite(position.lossSum)) return;
    await this.write({ position, steps, seconds: this.secondsBefore + (now - this.begun) / 1000 });
  }

  /** Writes the best epoch if it is not on disk yet, and how far it moved each layer. */
  async finish(): Promise<void> {
    if (this.best && this.written) await this.write();
    const best = this.best ?? this.written?.best;
    if (this.snapshot && best) {
      await writeLayerChanges(
        this.folder,
        await layerChanges(this.run, this.start, this.snapshot, best.epoch),
      );
    }
  }

  dispose(): void {
    this.start.dispose();
    this.snapshot?.dispose();
  }

  private async write(reached?: Reached): Promise<void> {
    const start = performance.now();
    this.written = await writeCheckpoint(this.folder, this.written, {
      ...(reached && { reached }),
      weights: this.run.network.variables.changedSince(this.start),
      optimizer: this.optimizer.tensors(),
      best: this.newBest(),
    });
    this.best = undefined;
    this.savedAt = performance.now();
    this.writeAgainAt = this.savedAt + (this.savedAt - start) / WRITE_SHARE;
  }

  private newBest(): NewBest | undefined {
    const { best, snapshot } = this;
    if (!best || !snapshot) return undefined;
    const { epoch, accuracy, loss, probabilities } = best;
    const { dataset, classes } = this.run;
    const metadata = {
      ...{ epoch: String(epoch), accuracy: String(accuracy) },
      classes: JSON.stringify(classes),
    };
    return {
      ...{ epoch, accuracy, loss },
      writeWeights: file => writeSafetensors(file, snapshot.tensors(), metadata),
      writePredictions: file =>
        writePredictions(
          file,
          dataset.test,
          classes,
          probabilities.map(row => Array.from(row)),
          probabilities.map(argMax),
        ),
    };
  }
}

/** The tensors that another state dict has as well. */
function only(tensors: StateDict, other: StateDict): StateDict {
  return new Map([...tensors].filter(([key]) => other.has(key)));
}
