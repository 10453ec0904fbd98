import type { Preprocessing } from '../image/preprocessing';
import { INPUT, type GraphNode } from '../model/graph';
import { inferShapes, type Shape } from '../model/shapes';
import type { StateDict } from './stateDict';

/** A model with its weights, to be written in the form of another program. */
export interface TranslatedModel {
  readonly graph: readonly GraphNode[];
  readonly tensors: StateDict;
  readonly preprocessing: Preprocessing;
  readonly classes: number;
}

/** Writes what computes a node, whose first input has that shape; returns the name of its value. */
export type WriteNode = (node: GraphNode, index: number, inputs: readonly string[], shape: Shape) => string;

/**
 * Has every node of a model written, in an order in which each comes after all it reads; `image` is the name of what goes
 * in. Returns the name of what comes out. A UserError says so where a picture is too small for the model.
 */
export function translateNodes(
  { graph, preprocessing }: TranslatedModel,
  image: string,
  write: WriteNode,
): string {
  const input: Shape = [3, preprocessing.crop, preprocessing.crop];
  const shapes = inferShapes(graph, input);
  const values: string[] = [];
  for (const [index, node] of graph.entries()) {
    const [first] = node.inputs;
    const inputs = node.inputs.map(from => (from === INPUT ? image : values[from]!));
    values.push(write(node, index, inputs, first === INPUT ? input : shapes[first!]!));
  }
  return values.at(-1)!;
}
