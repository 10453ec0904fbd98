import {
  hasInitialValues,
  torchDefault,
  type Distribution,
  type InitialValues,
} from '../model/initialization';
import {
  isContainer,
  namedLayers,
  parameterShapes,
  type Leaf,
  type ParameterShape,
} from '../model/layerTree';
import type { Model } from '../model/model';
import { Random } from '../random';
import type { StateDict, TensorValue } from './stateDict';

/**
 * What an untrained model starts with, by torchvision's rule for its architecture. A tensor's values depend on the
 * seed and its key alone.
 */
export function initialWeights(model: Model, seed: number): StateDict {
  const tensors = new Map<string, TensorValue>();
  for (const [path, layer] of namedLayers(model.root)) {
    if (isContainer(layer)) continue;
    const values = hasInitialValues(layer) ? model.initialization(path, layer) : undefined;
    for (const [key, tensor] of freshTensors(path, layer, values, seed)) tensors.set(key, tensor);
  }
  return tensors;
}

/** What one layer starts with when it replaces another: PyTorch's own defaults, under the keys of `path`. */
export function initialLayer(path: string, layer: Leaf, seed: number): StateDict {
  const values = hasInitialValues(layer) ? torchDefault(path, layer) : undefined;
  return new Map(freshTensors(path, layer, values, seed));
}

function* freshTensors(
  path: string,
  layer: Leaf,
  values: InitialValues | undefined,
  seed: number,
): Generator<[key: string, tensor: TensorValue]> {
  for (const { name, key: suffix, shape } of parameterShapes(layer)) {
    const key = path + suffix;
    if (name === 'num_batches_tracked') {
      yield [key, { dtype: 'int64', shape, data: new BigInt64Array(1) }];
      continue;
    }
    const distribution = (name === 'weight' || name === 'bias' ? values?.[name] : undefined) ?? unit(name);
    const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
    fill(data, distribution, new Random(seed, 'init', key));
    yield [key, { dtype: 'float32', shape, data }];
  }
}

/** A batch norm that changes nothing: scale and variance 1, offset and mean 0. */
function unit(name: ParameterShape['name']): Distribution {
  return { type: 'constant', value: name === 'weight' || name === 'running_var' ? 1 : 0 };
}

function fill(data: Float32Array, distribution: Distribution, random: Random): void {
  switch (distribution.type) {
    case 'constant':
      data.fill(distribution.value);
      break;
    case 'normal':
      random.fillNormal(data, distribution.standardDeviation);
      break;
    case 'uniform':
      random.fillUniform(data, distribution.bound);
      break;
  }
}
