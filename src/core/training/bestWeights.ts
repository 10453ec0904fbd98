import { join } from 'node:path';
import type { Sample } from '../dataset/dataset';
import type { Network } from '../engine/network';
import type { Snapshot } from '../engine/variables';
import { writePredictions } from '../run/predictions';
import { runFiles } from '../run/runFolder';
import { writeSafetensors } from '../weights/safetensors';
import type { TensorValue } from '../weights/stateDict';
import type { BestEpoch } from './runEpochs';
import { argMax } from './metrics';

/** Writing may take at most this share of the time of a run whose accuracy keeps rising. */
const WRITE_SHARE = 0.1;

/**
 * The weights of the best epoch, in memory at once and on disk soon: a large network whose epochs are quick is not
 * written after each of them, but when writing costs little, and at the end.
 */
export class BestWeights {
  private snapshot: Snapshot | undefined;
  private best: BestEpoch | undefined;
  private unwritten = false;
  private writeAgainAt = 0;

  constructor(
    private readonly network: Network,
    private readonly testSamples: readonly Sample[],
    private readonly classes: readonly string[],
    private readonly folder: string,
  ) {}

  /** -1 before the first. */
  get epoch(): number {
    return this.best?.epoch ?? -1;
  }

  get accuracy(): number {
    return this.best?.accuracy ?? 0;
  }

  async keep(best: BestEpoch): Promise<void> {
    this.snapshot?.dispose();
    this.snapshot = this.network.variables.snapshot();
    this.best = best;
    this.unwritten = true;
    if (performance.now() >= this.writeAgainAt) await this.flush();
  }

  /** Writes the best epoch if it is not on disk yet. */
  async flush(): Promise<void> {
    const { snapshot, best, testSamples, classes, folder } = this;
    if (!this.unwritten || !snapshot || !best) return;
    const start = performance.now();
    const tensors = new Map<string, TensorValue>();
    for await (const [key, value] of snapshot.tensors()) tensors.set(key, value);
    await writeSafetensors(join(folder, runFiles.bestWeights), tensors, {
      epoch: String(best.epoch),
      accuracy: String(best.accuracy),
      classes: JSON.stringify(classes),
    });
    await writePredictions(
      join(folder, runFiles.bestPredictions),
      testSamples,
      classes,
      best.probabilities.map(row => Array.from(row)),
      best.probabilities.map(argMax),
    );
    this.unwritten = false;
    const spent = performance.now() - start;
    this.writeAgainAt = performance.now() + spent / WRITE_SHARE;
  }

  dispose(): void {
    this.snapshot?.dispose();
  }
}
