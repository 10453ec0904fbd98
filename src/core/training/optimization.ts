import { createOptimizer, type Optimizer } from '../engine/optimizers';
import { parameterGroups } from '../model/parameterGroups';
import { firstStepOf, planStages } from '../model/stagePlans';
import { CrossEntropyLoss } from './crossEntropyLoss';
import type { LoadedRun } from './loadedRun';

/** The optimizer of a run, with the learning rates of its groups, to which each stage adds what it unfreezes. */
export function optimizerOf({ recipe, model, graph, network, dataset }: LoadedRun): Optimizer {
  const scaleOf = parameterGroups(model.root, recipe.optimizer);
  const stepsPerEpoch = Math.ceil(dataset.train.length / recipe.batchSize);
  const firstStep = firstStepOf(graph, planStages(recipe), stepsPerEpoch);
  return createOptimizer(recipe.optimizer, network.variables, scaleOf, firstStep);
}

/** What a run minimizes. */
export function trainingLoss({ recipe, classes, classWeights }: LoadedRun): CrossEntropyLoss {
  const { labelSmoothing } = recipe;
  return new CrossEntropyLoss(classes.length, { labelSmoothing, weights: classWeights });
}
