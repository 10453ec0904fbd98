import { t } from '../../protocol/language';
import type { Recipe } from '../recipe/recipe';
import { fieldPath } from '../recipe/recipeText';
import { stagesOf, type Stage } from '../recipe/stages';
import { UserError } from '../userError';
import { findModel } from './catalog';
import { requireModules, resolveFreeze } from './freezeSet';
import { buildGraph, operationParameters, type GraphNode } from './graph';
import type { Model } from './model';
import { planTraining, type TrainingPlan } from './trainingPlan';

/** A stage of a recipe and what training does in it. */
export interface PlannedStage extends Stage {
  readonly plan: TrainingPlan;
}

/** What is wrong with a stage, at a field of the recipe. */
export interface StageProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * What training does in each stage, whatever the outputs. A UserError where nothing is left to train, a module is unknown
 * or `stageProblems` finds something.
 */
export function planStages(recipe: Recipe): readonly PlannedStage[] {
  const model = findModel(recipe.model);
  const graph = buildGraph(model.root);
  const stages = stagesOf(recipe);
  for (const [index, { freeze }] of stages.entries())
    requireModules(model.root, freeze, fieldPath(placeOf(index, 'freeze')));
  const planned = plan(model, graph, stages, recipe.frozenBatchNorm);
  if (!planned[0]!.plan.trainable.includes(true)) {
    throw new UserError(
      t(
        'freeze: nothing is left to train; leave out "{0}", the layer that gives the classes, and what it lies in.',
        model.head,
      ),
    );
  }
  const [problem] = problemsOf(graph, planned, recipe.epochs);
  if (problem) throw new UserError(`${fieldPath(problem.path)}: ${problem.message}.`);
  return planned;
}

/** Stages that come too late or out of order, unfreeze nothing, or freeze what has trained; their modules are the model's. */
export function stageProblems(
  model: Model,
  stages: readonly Stage[],
  epochs: number,
): readonly StageProblem[] {
  const graph = buildGraph(model.root);
  return problemsOf(graph, plan(model, graph, stages, 'eval'), epochs);
}

function problemsOf(
  graph: readonly GraphNode[],
  planned: readonly PlannedStage[],
  epochs: number,
): readonly StageProblem[] {
  return planned.slice(1).flatMap((stage, i) => {
    const before = planned[i]!;
    const found = [
      ['epoch', epochProblem(before, stage, epochs)],
      ['freeze', freezeProblem(graph, before.plan, stage.plan)],
    ] as const;
    return found.flatMap(([name, message]) =>
      message === undefined ? [] : [{ path: placeOf(i + 1, name), message }],
    );
  });
}

/** The step, of all that a run takes, before which a parameter's training begins: 0 for those that train from the start. */
export function firstStepOf(
  graph: readonly GraphNode[],
  stages: readonly PlannedStage[],
  stepsPerEpoch: number,
): (key: string) => number {
  const first = new Map<string, number>();
  for (const { epoch, plan } of stages) {
    for (const [i, { path, operation }] of graph.entries()) {
      if (!plan.trainable[i]) continue;
      for (const { key } of operationParameters(operation)) {
        if (!first.has(path + key)) first.set(path + key, epoch * stepsPerEpoch);
      }
    }
  }
  return key => first.get(key) ?? 0;
}

function plan(
  { root }: Model,
  graph: readonly GraphNode[],
  stages: readonly Stage[],
  frozenBatchNorm: Recipe['frozenBatchNorm'],
): readonly PlannedStage[] {
  return stages.map(stage => {
    const { isFrozen } = resolveFreeze(root, stage.freeze);
    return { ...stage, plan: planTraining(graph, isFrozen, frozenBatchNorm) };
  });
}

function epochProblem(before: Stage, { epoch }: Stage, epochs: number): string | undefined {
  if (epoch >= epochs)
    return t('epoch {0} is never reached: of {1} epochs the last is {2}', epoch, epochs, epochs - 1);
  return epoch <= before.epoch
    ? t('epoch {0} must come after epoch {1}, with which the stage before begins', epoch, before.epoch)
    : undefined;
}

function freezeProblem(
  graph: readonly GraphNode[],
  before: TrainingPlan,
  after: TrainingPlan,
): string | undefined {
  const frozen = graph.find((_, i) => before.trainable[i] && !after.trainable[i]);
  if (frozen) return t('"{0}" has trained before and is not frozen again; leave it out', frozen.path);
  return graph.some((_, i) => after.trainable[i] && !before.trainable[i])
    ? undefined
    : t('nothing more trains than before; list what is to stay frozen, fewer layers than before');
}

/** Stage 0 is the recipe's own `freeze`. */
function placeOf(stage: number, name: 'epoch' | 'freeze'): StageProblem['path'] {
  return stage === 0 ? [name] : ['unfreeze', stage - 1, name];
}
