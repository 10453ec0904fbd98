import { Network } from '../engine/network';
import type { Ops } from '../engine/ops';
import type { Recipe } from '../recipe/recipe';
import type { StateDict } from '../weights/stateDict';
import type { ModelDescription } from './describeModel';

/** The network of a recipe's model on an engine. `note` is told what it does where memory is short. */
export function createNetwork(
  {
    recipe,
    model,
    graph,
    plan,
    preprocessing,
  }: Omit<ModelDescription, 'shapes'> & { readonly recipe: Recipe },
  ops: Ops,
  weights: StateDict,
  note?: (message: string) => void,
): Network {
  const { seed, precision } = recipe;
  return new Network({ root: model.root, graph, plan, preprocessing, seed, precision, note }, ops, weights);
}
