import { openEngineFor } from '../engine/chooseEngine';
import type { Network } from '../engine/network';
import { buildGraph, type GraphNode } from '../model/graph';
import type { Model } from '../model/model';
import type { TrainingPlan } from '../model/trainingPlan';
import { createNetwork } from './createNetwork';
import type { TrainedWeights } from './trainedWeights';

/** The best epoch of a run on the engine that its recipe asks for. */
export async function trainedNetwork(
  { settings, model, tensors }: TrainedWeights,
  planOf: (graph: readonly GraphNode[], model: Model) => TrainingPlan,
): Promise<Network> {
  const { recipe, resolved } = settings;
  const graph = buildGraph(model.root);
  const { ops } = await openEngineFor(recipe);
  const { preprocessing } = resolved;
  const described = { recipe, model, graph, plan: planOf(graph, model), preprocessing };
  return createNetwork(described, ops, tensors);
}
