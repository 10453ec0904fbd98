import {
  isContainer,
  parameterShapes,
  type Container,
  type Flow,
  type Leaf,
  type ParameterShape,
  type Step,
  type TokenFunction,
} from './layerTree';

/** A function between modules, or a module, at its place in the forward pass. */
export type Operation =
  | Leaf
  | { readonly type: 'Add' }
  | { readonly type: 'Concat' }
  | { readonly type: 'Multiply' }
  | TokenFunction;

/** One operation of the forward pass. Node i reads `inputs`, each an earlier node or INPUT. */
export interface GraphNode {
  readonly operation: Operation;
  /** The module's path; for a function between modules, the path of the container whose forward calls it. */
  readonly path: string;
  readonly inputs: readonly number[];
}

/** The network's input, where a node's input would be an index. */
export const INPUT = -1;

/** Unrolls a tree into its forward pass: operations in an order in which each comes after all it reads. The last is the output. */
export function buildGraph(root: Container): readonly GraphNode[] {
  const nodes: GraphNode[] = [];
  const push = (operation: Operation, path: string, inputs: readonly number[]): number =>
    nodes.push({ operation, path, inputs }) - 1;

  const follow = (container: Container, path: string, flow: Flow, input: number): number =>
    flow.reduce((from, step) => take(container, path, step, from), input);

  const take = (container: Container, path: string, step: Step, input: number): number => {
    if (typeof step === 'string') {
      const child = container.children.find(([name]) => name === step)?.[1];
      if (!child) throw new Error(`The flow of ${path || 'the model'} names no child ${step}`);
      const childPath = path === '' ? step : `${path}.${step}`;
      return isContainer(child)
        ? follow(child, childPath, child.flow, input)
        : push(child, childPath, [input]);
    }
    if ('flatten' in step) return push({ type: 'Flatten' }, path, [input]);
    if ('apply' in step) return push(step.apply, path, [input]);
    const join = (type: 'Add' | 'Concat' | 'Multiply', branches: readonly Flow[]): number =>
      push(
        { type },
        path,
        branches.map(branch => follow(container, path, branch, input)),
      );
    if ('add' in step) return join('Add', step.add);
    return 'concat' in step ? join('Concat', step.concat) : join('Multiply', step.multiply);
  };

  follow(root, '', root.flow, INPUT);
  return nodes;
}

/** The node that gives the last output of the module at `path`. */
export function lastOutputOf(graph: readonly GraphNode[], path: string): number {
  const node = graph.findLastIndex(node => node.path === path || node.path.startsWith(`${path}.`));
  if (node < 0) throw new Error(`No module ${path}`);
  return node;
}

/** What an operation itself trains, in PyTorch's shapes; functions between modules have nothing to train. */
export function operationParameters(operation: Operation): readonly ParameterShape[] {
  switch (operation.type) {
    case 'Add':
    case 'Concat':
    case 'Multiply':
    case 'Tokens':
    case 'Attention':
    case 'FirstToken':
      return [];
    default:
      return parameterShapes(operation).filter(({ kind }) => kind === 'parameter');
  }
}
