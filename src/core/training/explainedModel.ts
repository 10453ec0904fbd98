import type { Sample } from '../dataset/dataset';
import type { Network } from '../engine/network';
import { batches } from '../image/batches';
import type { HeatMap } from '../image/heatMap';
import { lastOutputOf } from '../model/graph';
import { planGradientAt } from '../model/trainingPlan';
import type { RunSettings } from '../run/runFolder';
import { gradCam } from './gradCam';
import { argMax } from './metrics';
import { trainedNetwork } from './trainedNetwork';
import { readTrainedWeights } from './trainedWeights';

/** What in a picture spoke for classes. */
export interface Explanation {
  readonly sample: Sample;
  /** [size, size, 3], 8 bit: the picture as the model saw it, which the maps lie on. */
  readonly pixels: Uint8Array;
  readonly size: number;
  /** In the order of the run's classes; they sum to 1. */
  readonly probabilities: Float32Array;
  readonly predicted: number;
  /** Of each class that was asked for, and its map. */
  readonly heat: readonly { readonly classIndex: number; readonly map: HeatMap }[];
}

/** The engine's memory holds the convolutions' features of so many pictures many times over. */
const BATCH_SIZE = 16;

/** The best epoch of a run, ready to say by Grad-CAM which parts of a picture speak for a class. */
export class ExplainedModel {
  private constructor(
    readonly settings: RunSettings,
    private readonly network: Network,
  ) {}

  /** Opens a run folder; one without best weights, or whose weights do not fit its recipe, is a UserError. */
  static async open(folder: string): Promise<ExplainedModel> {
    const weights = await readTrainedWeights(folder);
    const network = await trainedNetwork(weights, (graph, { features }) =>
      planGradientAt(graph, lastOutputOf(graph, features)),
    );
    return new ExplainedModel(weights.settings, network);
  }

  /** Explains pictures in their order. `classesOf` says of which classes: of each picture as many. */
  async *explain(
    samples: readonly Sample[],
    classesOf: (index: number, predicted: number) => readonly number[],
    signal: AbortSignal,
  ): AsyncGenerator<Explanation> {
    const { preprocessing, classes } = this.settings.resolved;
    const order = samples.map((_, index) => index);
    const options = { order, batchSize: BATCH_SIZE, preprocessing, view: 'evaluation', signal } as const;
    for await (const { samples: pictures, indices, pixels, size } of batches(samples, options)) {
      // The convolutions are computed once, and nothing of them is kept for the gradients.
      const [features] = await this.network.features({ pixels, size });
      const input = { features: [features!] };
      const logProbabilities = await this.network.evaluateStep(input);
      const scores = pictures.map((_, row) =>
        logProbabilities.subarray(row * classes.length, (row + 1) * classes.length),
      );
      const asked = scores.map((scores, row) => classesOf(indices[row]!, argMax(scores)));
      const maps: (readonly HeatMap[])[] = [];
      for (const which of asked[0]!.keys()) {
        const chosen = asked.map(classes => classes[which]!);
        const [gradients] = await this.network.boundaryGradients(input, chosen);
        maps.push(gradCam(features!, gradients!));
      }
      for (const [row, sample] of pictures.entries()) {
        yield {
          sample,
          pixels: pixels.subarray(row * size * size * 3, (row + 1) * size * size * 3),
          size,
          probabilities: scores[row]!.map(Math.exp),
          predicted: argMax(scores[row]!),
          heat: asked[row]!.map((classIndex, which) => ({ classIndex, map: maps[which]![row]! })),
        };
      }
    }
  }

  dispose(): void {
    this.network.dispose();
  }
}
