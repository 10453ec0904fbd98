import { resolveFreeze } from './freezeSet';
import { buildGraph, type GraphNode } from './graph';
import { isContainer, type Layer } from './layerTree';
import type { Model } from './model';
import { inferShapes, type Shape } from './shapes';
import { countParameters } from './stateDictShapes';

/** A module as a person sees it. */
export interface LayerDescription {
  readonly path: string;
  /** PyTorch's class name. */
  readonly type: string;
  /** In the module and all below it. */
  readonly parameters: number;
  /** Of a container: whether everything below it is. */
  readonly frozen: boolean;
  /** [channels, height, width] or [features]. A module called twice shows its last output. */
  readonly outputShape: Shape;
  readonly children: readonly LayerDescription[];
}

export interface ModelDescription {
  readonly model: string;
  readonly parameters: number;
  readonly trainable: number;
  readonly children: readonly LayerDescription[];
}

export interface DescribeOptions {
  readonly freeze: readonly string[];
  /** Height and width of the input, in pixels. */
  readonly imageSize: number;
}

/** The module tree with what each gives, counts and freezes. UserErrors: an unknown path in `freeze`, too small an image. */
export function describeLayers(model: Model, { freeze, imageSize }: DescribeOptions): ModelDescription {
  const freezeSet = resolveFreeze(model.root, freeze);
  const outputShapes = shapesByPath(buildGraph(model.root), imageSize);

  const describe = (path: string, layer: Layer): LayerDescription => {
    const children = isContainer(layer)
      ? layer.children.map(([name, child]) => describe(`${path}.${name}`, child))
      : [];
    return {
      path,
      type: layer.type,
      parameters: countParameters(layer),
      frozen: children.length === 0 ? freezeSet.isFrozen(path) : children.every(({ frozen }) => frozen),
      outputShape: outputShapes.get(path) ?? [],
      children,
    };
  };

  const children = model.root.children.map(([name, child]) => describe(name, child));
  return {
    model: model.name,
    parameters: countParameters(model.root),
    trainable: children.reduce((sum, child) => sum + countTrainable(child), 0),
    children,
  };
}

/** The shape that the last node in each module gives. */
function shapesByPath(graph: readonly GraphNode[], imageSize: number): ReadonlyMap<string, Shape> {
  const shapes = inferShapes(graph, [3, imageSize, imageSize]);
  const byPath = new Map<string, Shape>();
  graph.forEach(({ path }, index) => {
    const names = path.split('.');
    for (let depth = 1; depth <= names.length; depth++) {
      byPath.set(names.slice(0, depth).join('.'), shapes[index]!);
    }
  });
  return byPath;
}

function countTrainable({ children, frozen, parameters }: LayerDescription): number {
  if (children.length > 0) return children.reduce((sum, child) => sum + countTrainable(child), 0);
  return frozen ? 0 : parameters;
}
