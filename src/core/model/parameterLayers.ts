import { resolveFreeze } from './freezeSet';
import { isContainer, namedLayers, parameterShapes, type Container } from './layerTree';
import { countParameters } from './stateDictShapes';

/** A layer that has parameters of its own. */
export interface ParameterLayer {
  readonly path: string;
  readonly frozen: boolean;
  readonly parameters: number;
  /** In the state dict, buffers included. */
  readonly keys: readonly string[];
}

/** The layers of a model that have parameters, in its order, where the modules of `freeze` are frozen. */
export function parameterLayers(root: Container, freeze: readonly string[]): readonly ParameterLayer[] {
  const { isFrozen } = resolveFreeze(root, freeze);
  return [...namedLayers(root)].flatMap(([path, layer]) => {
    const shapes = isContainer(layer) ? [] : parameterShapes(layer);
    if (shapes.length === 0) return [];
    const keys = shapes.map(({ key }) => path + key);
    return [{ path, frozen: isFrozen(path), parameters: countParameters(layer), keys }];
  });
}
