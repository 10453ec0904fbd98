import { buildGraph, type GraphNode } from './graph';
import type { Container } from './layerTree';
import { inferShapes, valuesIn, type Shape } from './shapes';
import { planTraining } from './trainingPlan';

/** Multiply-adds of each node for one picture: those of convolutions and linear layers, beside which the rest is nothing. */
export function multiplyAdds(graph: readonly GraphNode[], shapes: readonly Shape[]): readonly number[] {
  return graph.map(({ operation }, index) => {
    const outputs = valuesIn(shapes[index]!);
    if (operation.type === 'Linear') return outputs * operation.inFeatures;
    if (operation.type === 'InProjection') return outputs * operation.features;
    // Of each token with each, and of what each then takes from all.
    if (operation.type === 'Attention') return 2 * outputs * shapes[index]![0]!;
    if (operation.type !== 'Conv2d') return 0;
    const [height, width] = operation.kernelSize;
    return (outputs * operation.inChannels * height * width) / operation.groups;
  });
}

/** What one picture costs in the forward pass, in multiply-adds. */
export interface ForwardCost {
  readonly total: number;
  /** Of the frozen beginning, which gives the same in every epoch: its features can be kept. */
  readonly fixed: number;
}

export interface ForwardCostOptions {
  readonly isFrozen: (path: string) => boolean;
  readonly frozenBatchNorm: 'eval' | 'train';
  /** Height and width of the input, in pixels. */
  readonly imageSize: number;
}

/** Counts the forward pass, and the part of it that training need not repeat. A UserError when the image is too small. */
export function forwardCost(
  root: Container,
  { isFrozen, frozenBatchNorm, imageSize }: ForwardCostOptions,
): ForwardCost {
  const graph = buildGraph(root);
  const costs = multiplyAdds(graph, inferShapes(graph, [3, imageSize, imageSize]));
  const sum = (nodes: Iterable<number>): number =>
    [...nodes].reduce((total, node) => total + costs[node]!, 0);
  const { prefix } = planTraining(graph, isFrozen, frozenBatchNorm);
  return { total: sum(graph.keys()), fixed: sum(prefix) };
}
