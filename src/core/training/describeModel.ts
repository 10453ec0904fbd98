import { findModel } from '../model/catalog';
import { buildGraph } from '../model/graph';
import { preprocessingFor } from '../model/model';
import { parameterGroups } from '../model/parameterGroups';
import { replaceHead } from '../model/replaceHead';
import { inferShapes } from '../model/shapes';
import { planStages } from '../model/stagePlans';
import type { TrainingPlan } from '../model/trainingPlan';
import type { Recipe } from '../recipe/recipe';
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

/** What training does at each operation to begin with, whatever the outputs; a UserError where a stage cannot be meant. */
export function planOf(recipe: Recipe): TrainingPlan {
  parameterGroups(findModel(recipe.model).root, recipe.optimizer);
  return planStages(recipe)[0]!.plan;
}
