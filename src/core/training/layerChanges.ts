import type { LayerChange } from '../../protocol/pageMessages';
import type { Snapshot } from '../engine/variables';
import { parameterLayers } from '../model/parameterLayers';
import type { RunDescription } from './trainer';

/** How far training moved each layer that has parameters, from one moment to another. */
export async function layerChanges(
  { model, recipe }: RunDescription,
  from: Snapshot,
  to: Snapshot,
): Promise<readonly LayerChange[]> {
  const changes: LayerChange[] = [];
  for (const { keys, ...layer } of parameterLayers(model.root, recipe.freeze)) {
    changes.push({ ...layer, maxChange: await to.maxChange(from, keys) });
  }
  return changes;
}
