import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from '../dataset/dataset';
import { openEngine } from '../engine/chooseEngine';
import { Network } from '../engine/network';
import { batches } from '../image/batches';
import { findModel } from '../model/catalog';
import { buildGraph } from '../model/graph';
import { replaceHead } from '../model/replaceHead';
import { stateDictShapes } from '../model/stateDictShapes';
import { planInference } from '../model/trainingPlan';
import { readRunSettings, runFiles, type RunSettings } from '../run/runFolder';
import { UserError } from '../userError';
import { loadWeights } from '../weights/loadWeights';
import { compareStateDict, describeMismatch } from '../weights/stateDictMismatch';
import { argMax } from './metrics';

/** What a trained model says of one picture. */
export interface Classification {
  readonly sample: Sample;
  /** Index into the run's classes. */
  readonly predicted: number;
  /** In the order of the run's classes; they sum to 1. */
  readonly probabilities: Float32Array;
  /** Cross-entropy against the sample's label. */
  readonly loss: number;
}

const BATCH_SIZE = 32;

/** The best epoch of a run, ready to classify with the run's own preprocessing. */
export class TrainedModel {
  private constructor(
    readonly settings: RunSettings,
    private readonly network: Network,
  ) {}

  /** Opens a run folder; one without best weights, or whose weights do not fit its recipe, is a UserError. */
  static async open(folder: string): Promise<TrainedModel> {
    const settings = await readRunSettings(folder);
    const { recipe, resolved } = settings;
    const file = join(folder, runFiles.bestWeights);
    await access(file).catch(() => {
      throw new UserError(`The run ${folder} has no best weights: no epoch of it was finished.`);
    });
    const model = replaceHead(findModel(recipe.model), resolved.classes.length);
    const { tensors } = await loadWeights(file);
    const mismatch = compareStateDict(stateDictShapes(model.root), tensors, '');
    const message = describeMismatch(mismatch, { file: runFiles.bestWeights, model: model.name });
    if (message) throw new UserError(message);
    const graph = buildGraph(model.root);
    const engine = await openEngine(recipe.engine === 'torchrun' ? 'auto' : recipe.engine);
    const network = new Network(
      {
        ...{ root: model.root, graph, plan: planInference(graph), preprocessing: resolved.preprocessing },
        ...{ seed: 0, precision: recipe.precision },
      },
      engine.ops,
      tensors,
    );
    return new TrainedModel(settings, network);
  }

  /** Classifies pictures in their order. */
  async *classify(samples: readonly Sample[], signal: AbortSignal): AsyncGenerator<Classification> {
    const { preprocessing, classes } = this.settings.resolved;
    const order = samples.map((_, index) => index);
    const options = { order, batchSize: BATCH_SIZE, preprocessing, view: 'evaluation', signal } as const;
    for await (const batch of batches(samples, options)) {
      const logProbabilities = await this.network.evaluateStep(batch);
      for (const [row, sample] of batch.samples.entries()) {
        const scores = logProbabilities.subarray(row * classes.length, (row + 1) * classes.length);
        yield {
          sample,
          predicted: argMax(scores),
          probabilities: scores.map(Math.exp),
          loss: -scores[sample.label]!,
        };
      }
    }
  }

  dispose(): void {
    this.network.dispose();
  }
}
