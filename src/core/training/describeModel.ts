import { findModel } from '../model/catalog';
import { resolveFreeze } from '../model/freezeSet';
import { buildGraph } from '../model/graph';
import { preprocessingFor } from '../model/model';
import { replaceHead } from '../model/replaceHead';
import { inferShapes } from '../model/shapes';
import { parameterGroups } from '../model/parameterGroups';
import { planTraining, type TrainingPlan } from '../model/trainingPlan';
import type { Recipe } from '../recipe/recipe';
import { UserError } from '../userError';
import type { RunDescription } from './trainer';

export type ModelDescription = Pick<RunDescription, 'model' | 'graph' | 'plan' | 'preprocessing' | 'shapes'>;

/** The model of a recipe with that many outputs, and what its training does: `plan`, where that is known already. */
export function describeModel(recipe: Recipe, outputs: number, plan = planOf(recipe)): ModelDescription {
  const model = replaceHead(findModel(recipe.model), outputs);
  const graph = buildGraph(model.root);
  return {
    ...{ model, graph, plan },
    preprocessing: preprocessingFor(model, recipe.imageSize),
    shapes: inferShapes(graph, [3, recipe.imageSize, recipe.imageSize]),
  };
}

/** What training does at each operation, whatever the outputs; a UserError where all is frozen or a module unknown. */
export function planOf(recipe: Recipe): TrainingPlan {
  const model = findModel(recipe.model);
  const { isFrozen } = resolveFreeze(model.root, recipe.freeze);
  parameterGroups(model.root, recipe.optimizer);
  const plan = planTraining(buildGraph(model.root), isFrozen, recipe.frozenBatchNorm);
  if (!plan.trainable.includes(true)) {
    throw new UserError(
      `freeze: nothing is left to train; leave out "${model.head}", the layer that gives the classes, and what it lies in.`,
    );
  }
  return plan;
}
