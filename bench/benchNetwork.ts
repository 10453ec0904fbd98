import { Network } from '../src/core/engine/network';
import type { Pictures } from '../src/core/engine/networkInput';
import type { Ops } from '../src/core/engine/ops';
import { resolveFreeze } from '../src/core/model/freezeSet';
import { buildGraph } from '../src/core/model/graph';
import { preprocessingFor, type Model } from '../src/core/model/model';
import { planTraining, type TrainingPlan } from '../src/core/model/trainingPlan';
import { initialWeights } from '../src/core/weights/initialWeights';

/** Height and width of the pictures. */
export const SIZE = 224;

/** A model with random weights on an engine, in float32, with what does not train. */
export function benchNetwork(
  model: Model,
  freeze: readonly string[],
  ops: Ops,
): { readonly network: Network; readonly plan: TrainingPlan } {
  const { root } = model;
  const graph = buildGraph(root);
  const plan = planTraining(graph, resolveFreeze(root, freeze).isFrozen, 'eval');
  const preprocessing = preprocessingFor(model, SIZE);
  const definition = { root, graph, plan, preprocessing, seed: 0, precision: 'float32' as const };
  return { network: new Network(definition, ops, initialWeights(model, 0)), plan };
}

/** A batch of pictures that show nothing. */
export function benchPictures(count: number): Pictures {
  return { pixels: new Uint8Array(count * SIZE * SIZE * 3).map((_, i) => (i * 7919) % 251), size: SIZE };
}
