import { t } from '../../protocol/language';
import { operationParameters, type GraphNode } from '../model/graph';
import type { TrainingPlan } from '../model/trainingPlan';
import type { Recipe } from '../recipe/recipe';

const MOST_NAMED = 4;

/**
 * What a run tells of frozen layers that have to be computed in every epoch, since something before the first of them
 * trains: freezing that, too, would have them computed once.
 */
export function frozenLateNotes(
  { frozenBatchNorm }: Pick<Recipe, 'frozenBatchNorm'>,
  graph: readonly GraphNode[],
  plan: TrainingPlan,
): readonly string[] {
  // What frozen batch norm makes of a batch changes with it: nothing is computed once either way.
  if (frozenBatchNorm === 'train') return [];
  const hasParameters = graph.map(({ operation }) => operationParameters(operation).length > 0);
  const firstFrozen = hasParameters.findIndex((has, i) => has && !plan.trainable[i]);
  const before = graph.slice(0, Math.max(firstFrozen, 0)).filter((_, i) => plan.trainable[i]);
  if (before.length === 0) return [];
  const named = before.slice(0, MOST_NAMED).map(({ path }) => path);
  const others = before.length > MOST_NAMED ? t(' and {0} layers more', before.length - MOST_NAMED) : '';
  return [
    t(
      'freeze: {0}{1} come before the frozen layers and train, so that all is computed in every ' +
        'epoch; freeze them too, and what is frozen is computed once.',
      named.join(', '),
      others,
    ),
  ];
}
