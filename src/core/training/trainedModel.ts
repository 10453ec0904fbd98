import type { Sample } from '../dataset/dataset';
import type { Pictures } from '../engine/networkInput';
import { batches } from '../image/batches';
import { planInference } from '../model/trainingPlan';
import type { RunSettings } from '../run/runFolder';
import { argMax } from './metrics';
import { trainedNetwork } from './trainedNetwork';
import { readTrainedWeights, type TrainedWeights } from './trainedWeights';

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

/** What computes a model's answers. */
export interface Evaluator {
  /** Log-probabilities [batch, classes]. */
  evaluateStep(pictures: Pictures): Promise<Float32Array>;
  dispose(): void;
}

const BATCH_SIZE = 32;

/** The best epoch of a run, ready to classify with the run's own preprocessing. */
export class TrainedModel {
  constructor(
    readonly settings: RunSettings,
    private readonly network: Evaluator,
  ) {}

  /** Opens a run folder; one without best weights, or whose weights do not fit its recipe, is a UserError. */
  static async open(folder: string): Promise<TrainedModel> {
    return TrainedModel.of(await readTrainedWeights(folder));
  }

  /** The same of weights that have been read. */
  static async of(weights: TrainedWeights): Promise<TrainedModel> {
    return new TrainedModel(weights.settings, await trainedNetwork(weights, planInference));
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
