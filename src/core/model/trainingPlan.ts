import { INPUT, operationParameters, type GraphNode } from './graph';
import { valuesIn } from './shapes';

/** What training does at each operation of a graph, and where the part that never changes ends. */
export interface TrainingPlan {
  /** Per node: whether its own parameters train. */
  readonly trainable: readonly boolean[];
  /** Per node: whether it behaves as in `module.train()` during the train phase. */
  readonly training: readonly boolean[];
  /** Per node: whether a gradient flows to its output. */
  readonly needsGradient: readonly boolean[];
  /** Nodes that compute the same for a picture in every epoch, in order: nothing below or in them trains or draws. */
  readonly prefix: readonly number[];
  /** All other nodes, in order. */
  readonly suffix: readonly number[];
  /** What the suffix reads of the prefix: nodes, or INPUT where the prefix is empty. */
  readonly boundary: readonly number[];
}

/**
 * Plans training. A frozen module is as at test time: its parameters get no gradient and, unless `frozenBatchNorm`
 * is `train`, it runs as in `module.eval()`, so that batch norm keeps its statistics and dropout passes all.
 */
export function planTraining(
  graph: readonly GraphNode[],
  isFrozen: (path: string) => boolean,
  frozenBatchNorm: 'eval' | 'train',
): TrainingPlan {
  const frozen = graph.map(node => isFrozen(node.path));
  const trainable = graph.map((node, i) => !frozen[i] && operationParameters(node.operation).length > 0);
  const training = graph.map((_, i) => !frozen[i] || frozenBatchNorm === 'train');

  const needsGradient: boolean[] = [];
  const fixed: boolean[] = [];
  graph.forEach((node, i) => {
    const inputs = node.inputs.filter(input => input !== INPUT);
    needsGradient.push(trainable[i]! || inputs.some(input => needsGradient[input]));
    const varies = training[i]! && variesInTraining(node);
    fixed.push(!trainable[i] && !varies && inputs.every(input => fixed[input]));
  });

  const indices = graph.map((_, i) => i);
  const suffix = indices.filter(i => !fixed[i]);
  const read = new Set(suffix.flatMap(i => graph[i]!.inputs).filter(i => i === INPUT || fixed[i]));
  if (suffix.length === 0) read.add(graph.length - 1);
  const boundary = [...read].sort((a, b) => a - b);
  return {
    trainable,
    training,
    needsGradient,
    prefix: ancestors(graph, boundary),
    suffix,
    boundary,
  };
}

/** Plans inference: everything as in `module.eval()`. */
export function planInference(graph: readonly GraphNode[]): TrainingPlan {
  return planTraining(graph, () => true, 'eval');
}

/**
 * Plans inference in two parts: the prefix ends at node `at`, through which all must go, and a gradient of the output
 * can flow back to it.
 */
export function planGradientAt(graph: readonly GraphNode[], at: number): TrainingPlan {
  const prefix = ancestors(graph, [at]);
  const inPrefix = new Set(prefix);
  const suffix = [...graph.keys()].filter(i => !inPrefix.has(i));
  const beyond = suffix
    .flatMap(i => graph[i]!.inputs)
    .find(i => i !== at && (i === INPUT || inPrefix.has(i)));
  if (beyond !== undefined) throw new Error(`What node ${beyond} gives goes past node ${at}`);
  return {
    trainable: graph.map(() => false),
    training: graph.map(() => false),
    needsGradient: graph.map((_, i) => i === at || !inPrefix.has(i)),
    prefix,
    suffix,
    boundary: [at],
  };
}

/** How many numbers train. */
export function trainableParameters(graph: readonly GraphNode[], plan: TrainingPlan): number {
  return graph
    .filter((_, index) => plan.trainable[index])
    .flatMap(({ operation }) => operationParameters(operation))
    .reduce((sum, { shape }) => sum + valuesIn(shape), 0);
}

function variesInTraining({ operation }: GraphNode): boolean {
  switch (operation.type) {
    case 'BatchNorm2d':
      return true;
    case 'Dropout':
    case 'StochasticDepth':
      return operation.p > 0;
    default:
      return false;
  }
}

function ancestors(graph: readonly GraphNode[], nodes: readonly number[]): readonly number[] {
  const found = new Set<number>();
  const pending = nodes.filter(node => node !== INPUT);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    pending.push(...graph[node]!.inputs.filter(input => input !== INPUT));
  }
  return [...found].sort((a, b) => a - b);
}
