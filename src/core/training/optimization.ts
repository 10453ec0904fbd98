import { createOptimizer, type Optimizer } from '../engine/optimizers';
import { parameterGroups } from '../model/parameterGroups';
import { CrossEntropyLoss } from './crossEntropyLoss';
import type { LoadedRun } from './loadedRun';

/** The optimizer of a run, with the learning rates of its groups. */
export function optimizerOf({ recipe, model, network }: LoadedRun): Optimizer {
  const scaleOf = parameterGroups(model.root, recipe.optimizer);
  return createOptimizer(recipe.optimizer, network.variables, scaleOf);
}

/** What a run minimizes. */
export function trainingLoss({ recipe, classes, classWeights }: LoadedRun): CrossEntropyLoss {
  const { labelSmoothing } = recipe;
  return new CrossEntropyLoss(classes.length, { labelSmoothing, weights: classWeights });
}
