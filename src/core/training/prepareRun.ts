import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import type { Dataset } from '../dataset/dataset';
import { loadDataset, outputCount } from '../dataset/loadDataset';
import { openEngine, type Engine } from '../engine/chooseEngine';
import { Network } from '../engine/network';
import { findModel } from '../model/catalog';
import { resolveFreeze } from '../model/freezeSet';
import { buildGraph, type GraphNode } from '../model/graph';
import { preprocessingFor, type Model } from '../model/model';
import { replaceHead } from '../model/replaceHead';
import { inferShapes, type Shape } from '../model/shapes';
import { planTraining, type TrainingPlan } from '../model/trainingPlan';
import type { Work } from '../progress';
import type { Recipe } from '../recipe/recipe';
import type { ResolvedRun } from '../run/runFolder';
import { UserError } from '../userError';
import { startingWeights, type StartingWeights } from '../weights/startingWeights';
import { told } from './told';

/** All that a recipe names, found and checked: what is left is to train. */
export interface PreparedRun {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  /** A name for every output. */
  readonly classes: readonly string[];
  readonly model: Model;
  readonly graph: readonly GraphNode[];
  /** Output of each node of the graph: [channels, height, width] or [features]. */
  readonly shapes: readonly Shape[];
  readonly plan: TrainingPlan;
  readonly preprocessing: ResolvedRun['preprocessing'];
  readonly engine: Engine;
  /** Holds the starting weights; whoever prepared the run disposes it. */
  readonly network: Network;
  readonly weightsSource: StartingWeights['source'];
}

/**
 * Reads the data, builds the network and loads its weights. Every mistake in a recipe or its data is a UserError from
 * here, before anything is written.
 */
export async function* prepareRun(
  recipe: Recipe,
  workspace: string,
  signal: AbortSignal,
): AsyncGenerator<TrainingEvent, PreparedRun> {
  const published = findModel(recipe.model);
  // Whatever can be wrong without looking at the pictures is said before they are all read.
  const plan = planOf(published, recipe);
  await requireWeights(recipe.weights);
  const engine = await openEngine(recipe.engine);

  const cacheFolder = join(workspace, '.thaw', 'cache');
  const dataset = yield* told(loadDataset(recipe.data, { seed: recipe.seed, cacheFolder, signal }));
  for (const { image, reason } of dataset.skipped) yield { kind: 'imageSkipped', image, reason };
  for (const message of dataset.notes) yield { kind: 'note', message };
  const outputs = outputCount(dataset.classes, recipe.classes);
  const unused = Array.from({ length: outputs - dataset.classes.length }, (_, i) => `unused ${i + 1}`);
  if (unused.length > 0) {
    const message = `Of ${outputs} output classes the data has ${dataset.classes.length}; the others stay unused.`;
    yield { kind: 'note', message };
  }
  if (recipe.weights === 'none' && recipe.freeze.length > 0) {
    const message =
      'The frozen layers have random weights, since "weights" is "none": freezing makes sense with pretrained ones.';
    yield { kind: 'note', message };
  }

  const model = replaceHead(published, outputs);
  const graph = buildGraph(model.root);
  const preprocessing = preprocessingFor(model, recipe.imageSize);
  const shapes = inferShapes(graph, [3, recipe.imageSize, recipe.imageSize]);
  const { seed, precision } = recipe;
  const definition = { root: model.root, graph, plan, preprocessing, seed, precision };
  // In a generator of its own: the weights of a large network must not outlive their way into the engine.
  const open = async function* (): Work<{ network: Network; weightsSource: StartingWeights['source'] }> {
    const { tensors, source } = yield* startingWeights(model, recipe, { signal });
    return { network: new Network(definition, engine.ops, tensors), weightsSource: source };
  };
  const { network, weightsSource } = yield* told(open());
  const classes = [...dataset.classes, ...unused];
  return {
    ...{ recipe, dataset, classes, model, graph, shapes, plan, preprocessing, engine, network },
    weightsSource,
  };
}

async function requireWeights(weights: string): Promise<void> {
  if (weights === 'none' || weights === 'imagenet') return;
  await access(weights).catch(() => {
    throw new UserError(`weights: there is no file ${weights}; name one, or write "imagenet" or "none".`);
  });
}

/** Replacing the head changes no path, so that the plan of the published model holds for the one that trains. */
function planOf(model: Model, recipe: Recipe): TrainingPlan {
  const { isFrozen } = resolveFreeze(model.root, recipe.freeze);
  const plan = planTraining(buildGraph(model.root), isFrozen, recipe.frozenBatchNorm);
  if (!plan.trainable.includes(true)) {
    throw new UserError(
      `freeze: nothing is left to train; leave out "${model.head}", the layer that gives the classes, and what it lies in.`,
    );
  }
  return plan;
}
