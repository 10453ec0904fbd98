import type { GraphNode } from '../model/graph';
import { isDepthwise, type Conv2d, type MaxPool2d } from '../model/layerTree';
import type { TrainingPlan } from '../model/trainingPlan';
import type { FoldedConvolution } from './layers/foldedConv2d';

/** Nodes of the prefix that are computed in one pass: a convolution and what follows it. The value is the last one's. */
export interface Fold extends FoldedConvolution {
  readonly nodes: readonly number[];
}

/** Finds in the prefix each convolution whose output goes to nothing but a batch norm or activation, and so on. */
export function foldConvolutions(
  graph: readonly GraphNode[],
  { prefix, boundary }: Pick<TrainingPlan, 'prefix' | 'boundary'>,
): readonly Fold[] {
  const readers = new Map<number, number[]>();
  for (const index of prefix) {
    for (const input of graph[index]!.inputs) readers.set(input, [...(readers.get(input) ?? []), index]);
  }
  const onlyReader = (index: number): number | undefined => {
    const all = readers.get(index) ?? [];
    return all.length === 1 && !boundary.includes(index) ? all[0] : undefined;
  };
  /** Whether a value goes to convolutions and poolings only, none of which pads it by hand, until it is multiplied. */
  const staysInside = (index: number): boolean =>
    !boundary.includes(index) &&
    (readers.get(index) ?? []).every(reader => {
      const { operation } = graph[reader]!;
      if (operation.type === 'Conv2d') return !isDepthwise(operation) && padsAlike(operation);
      return operation.type === 'MaxPool2d' && padsNothing(operation) && staysInside(reader);
    });
  const folds: Fold[] = [];
  for (const first of prefix) {
    const { operation: convolution, path } = graph[first]!;
    if (convolution.type !== 'Conv2d') continue;
    const nodes = [first];
    let next = onlyReader(first);
    let batchNorm: Fold['batchNorm'];
    let activation: Fold['activation'];
    const after = next === undefined ? undefined : graph[next]!;
    if (after?.operation.type === 'BatchNorm2d') {
      batchNorm = { layer: after.operation, path: after.path };
      nodes.push(next!);
      next = onlyReader(next!);
    }
    const end = next === undefined ? undefined : graph[next]!.operation.type;
    if (end === 'ReLU' || end === 'ReLU6') {
      activation = end;
      nodes.push(next!);
    }
    folds.push({ nodes, convolution, path, batchNorm, activation, staysInside: staysInside(nodes.at(-1)!) });
  }
  return folds;
}

/** Whether a convolution's padding is the engine's own. */
function padsAlike({ padding, stride }: Conv2d): boolean {
  return padding === 'same' || stride.every(step => step === 1) || padding.every(edge => edge === 0);
}

function padsNothing({ padding, ceilMode }: MaxPool2d): boolean {
  return !ceilMode && padding.every(edge => edge === 0);
}
