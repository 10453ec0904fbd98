import type { LayerChange } from '../../protocol/pageMessages';
import type { Snapshot } from '../engine/variables';
import { resolveFreeze } from '../model/freezeSet';
import { isContainer, namedLayers, parameterShapes } from '../model/layerTree';
import { countParameters } from '../model/stateDictShapes';
import type { RunDescription } from './trainer';

/** How far training moved each layer that has parameters, from one moment to another. */
export async function layerChanges(
  { model, recipe }: RunDescription,
  from: Snapshot,
  to: Snapshot,
): Promise<readonly LayerChange[]> {
  const { isFrozen } = resolveFreeze(model.root, recipe.freeze);
  const changes: LayerChange[] = [];
  for (const [path, layer] of namedLayers(model.root)) {
    if (isContainer(layer) || parameterShapes(layer).length === 0) continue;
    const keys = parameterShapes(layer).map(({ name }) => `${path}.${name}`);
    const maxChange = await to.maxChange(from, keys);
    changes.push({ path, frozen: isFrozen(path), parameters: countParameters(layer), maxChange });
  }
  return changes;
}
