import { namedLayers, parameterShapes, type Container, type Layer } from './layerTree';
import { valuesIn } from './shapes';

/** Key and shape of each tensor the model keeps, in the order of PyTorch's `state_dict()`. */
export function stateDictShapes(root: Container): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const [path, layer] of namedLayers(root)) {
    for (const { key, shape } of parameterShapes(layer)) shapes.set(path + key, shape);
  }
  return shapes;
}

/** Parameters in the layer and all below it, frozen or not; buffers are not counted. */
export function countParameters(layer: Layer): number {
  const below = Array.from(namedLayers(layer), ([, child]) => child);
  return [layer, ...below]
    .flatMap(each => parameterShapes(each))
    .filter(({ kind }) => kind === 'parameter')
    .reduce((sum, { shape }) => sum + valuesIn(shape), 0);
}
