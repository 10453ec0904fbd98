import { join } from 'node:path';
import type { LayerChange } from '../../protocol/pageMessages';
import type { Snapshot } from '../engine/variables';
import { isContainer, namedLayers, parameterShapes } from '../model/layerTree';
import { resolveFreeze } from '../model/freezeSet';
import { countParameters } from '../model/stateDictShapes';
import { writeLayerChanges } from '../run/layerChanges';
import { writePredictions } from '../run/predictions';
import { runFiles } from '../run/runFolder';
import { writeSafetensors } from '../weights/safetensors';
import type { LoadedRun } from './loadedRun';
import { argMax } from './metrics';
import type { BestEpoch } from './runEpochs';

/** Writing may take at most this share of the time of a run whose accuracy keeps rising. */
const WRITE_SHARE = 0.1;

/**
 * The weights of the best epoch, in memory at once and on disk soon: a large network whose epochs are quick is not
 * written after each of them, but when writing costs little, and at the end.
 */
export class BestWeights {
  private readonly start: Snapshot;
  private snapshot: Snapshot | undefined;
  private best: BestEpoch | undefined;
  private unwritten = false;
  private writeAgainAt = 0;

  constructor(
    private readonly run: LoadedRun,
    private readonly folder: string,
  ) {
    this.start = run.network.variables.snapshot();
  }

  async keep(best: BestEpoch): Promise<void> {
    this.snapshot?.dispose();
    this.snapshot = this.run.network.variables.snapshot();
    this.best = best;
    this.unwritten = true;
    if (performance.now() >= this.writeAgainAt) await this.write();
  }

  /** Writes the best epoch if it is not on disk yet, and how far it moved each layer. */
  async finish(): Promise<void> {
    await this.write();
    if (this.snapshot) await writeLayerChanges(this.folder, await this.layerChanges(this.snapshot));
  }

  dispose(): void {
    this.start.dispose();
    this.snapshot?.dispose();
  }

  private async write(): Promise<void> {
    const { snapshot, best, folder } = this;
    const { dataset, classes } = this.run;
    if (!this.unwritten || !snapshot || !best) return;
    const start = performance.now();
    await writeSafetensors(join(folder, runFiles.bestWeights), snapshot.tensors(), {
      epoch: String(best.epoch),
      accuracy: String(best.accuracy),
      classes: JSON.stringify(classes),
    });
    await writePredictions(
      join(folder, runFiles.bestPredictions),
      dataset.test,
      classes,
      best.probabilities.map(row => Array.from(row)),
      best.probabilities.map(argMax),
    );
    this.unwritten = false;
    const now = performance.now();
    this.writeAgainAt = now + (now - start) / WRITE_SHARE;
  }

  private async layerChanges(to: Snapshot): Promise<readonly LayerChange[]> {
    const { model, recipe } = this.run;
    const { isFrozen } = resolveFreeze(model.root, recipe.freeze);
    const changes: LayerChange[] = [];
    for (const [path, layer] of namedLayers(model.root)) {
      if (isContainer(layer) || parameterShapes(layer).length === 0) continue;
      const keys = parameterShapes(layer).map(({ name }) => `${path}.${name}`);
      const maxChange = await to.maxChange(this.start, keys);
      changes.push({ path, frozen: isFrozen(path), parameters: countParameters(layer), maxChange });
    }
    return changes;
  }
}
