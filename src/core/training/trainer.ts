import { t } from '../../protocol/language';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import type { Dataset } from '../dataset/dataset';
import type { GraphNode } from '../model/graph';
import type { Model } from '../model/model';
import type { Shape } from '../model/shapes';
import type { TrainingPlan } from '../model/trainingPlan';
import type { Recipe } from '../recipe/recipe';
import type { Checkpoint } from '../run/checkpoint';
import type { ResolvedRun } from '../run/runFolder';
import type { StateDict } from '../weights/stateDict';
import type { StartingWeights } from '../weights/startingWeights';
import { UserError } from '../userError';

/** All that a recipe names, found and checked. */
export interface RunDescription {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  /** A name for every output. */
  readonly classes: readonly string[];
  /** What each class counts in the loss of training; undefined: all the same. */
  readonly classWeights: readonly number[] | undefined;
  readonly model: Model;
  readonly graph: readonly GraphNode[];
  /** Output of each node of the graph: [channels, height, width] or [features]. */
  readonly shapes: readonly Shape[];
  readonly plan: TrainingPlan;
  readonly preprocessing: ResolvedRun['preprocessing'];
  readonly weightsSource: StartingWeights['source'];
}

/** How much of what the frozen layers give may be kept. */
export interface CacheLimits {
  /** Bytes of memory for features; half of what is free unless told. */
  readonly memoryBytes?: number;
  /** Bytes of memory for decoded pictures; a fifth of what is free unless told. */
  readonly pixelBytes?: number;
  /** Bytes of all features below the workspace's `.thaw/cache`; 10 GB unless told. */
  readonly diskBytes?: number;
}

export interface TrainOptions {
  /** The folder that `.thaw` lies in: the recipe's own. */
  readonly workspace: string;
  readonly cache?: CacheLimits;
  /** Where an earlier process left the run; left out: it begins. */
  readonly from?: Checkpoint | undefined;
  /** How often a long epoch is saved; left out: every 5 minutes. */
  readonly saveEveryMs?: number;
  /** The program whose processes compute features where the engine has one thread; in this process without it. */
  readonly featureProgram?: string;
  readonly signal: AbortSignal;
}

/** What trains a run: a network in this process, or PyTorch in processes of its own. */
export interface Trainer {
  /** The engine, and why it was taken in half a sentence. */
  readonly engine: ResolvedRun['engine'] & { readonly reason: string };
  /** Set where another machine leads: trains along, and no run is told or kept here. */
  readonly help?: ((options: TrainOptions) => AsyncGenerator<TrainingEvent, void>) | undefined;
  /** Takes a run and the weights it begins with, once, before `train`. */
  load(run: RunDescription, weights: StateDict): void;
  /**
   * Trains what was loaded, from the first epoch or a checkpoint to the last epoch, and leaves the best and a
   * checkpoint in the run folder, also when it ends early. Yields what happens in between; returns whether it ran to its end.
   */
  train(folder: string, options: TrainOptions): AsyncGenerator<TrainingEvent, 'completed' | 'cancelled'>;
  dispose(): void;
}

/** Said where a run is to be told and kept on a machine that only helps. */
export function helpsOnly(): UserError {
  return new UserError(
    t(
      'This machine is not the one that distributed.rendezvous names, so it only helps: start the run on that one, and ' +
        'here run "thaw train" with the same recipe in a terminal.',
    ),
  );
}
