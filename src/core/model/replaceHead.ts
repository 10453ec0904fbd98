import { t } from '../../protocol/language';
import { UserError } from '../userError';
import { torchDefault } from './initialization';
import { isContainer, type Layer } from './layerTree';
import type { Model } from './model';

const mostClasses = 100_000;

/**
 * The same model with a fresh last layer for `classes` outputs, as torchvision's transfer learning tutorial does it:
 * whatever the architecture's own rule, the new layer starts with PyTorch's defaults.
 */
export function replaceHead(model: Model, classes: number): Model {
  if (!Number.isInteger(classes) || classes < 2 || classes > mostClasses) {
    throw new UserError(
      t('The number of classes is {0}; it must be a whole number from 2 to {1}.', classes, mostClasses),
    );
  }
  const { initialization, head } = model;
  return {
    ...model,
    root: replaceLayer(model.root, head.split('.'), layer => withOutputs(layer, classes)),
    initialization: (path, layer) => (path === head ? torchDefault : initialization)(path, layer),
  };
}

function replaceLayer<L extends Layer>(
  layer: L,
  path: readonly string[],
  change: (layer: Layer) => Layer,
): L {
  if (!isContainer(layer)) throw new Error(`No module ${path.join('.')} below ${layer.type}`);
  const [first, ...rest] = path;
  const children = layer.children.map(([name, child]) => {
    if (name !== first) return [name, child] as const;
    return [name, rest.length === 0 ? change(child) : replaceLayer(child, rest, change)] as const;
  });
  return { ...layer, children };
}

function withOutputs(layer: Layer, classes: number): Layer {
  if (isContainer(layer)) throw new Error(`A ${layer.type} cannot be a head`);
  if (layer.type === 'Linear') return { ...layer, outFeatures: classes };
  if (layer.type === 'Conv2d') return { ...layer, outChannels: classes };
  throw new Error(`A ${layer.type} cannot be a head`);
}
