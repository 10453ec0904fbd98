import type { LayerChange } from '../../protocol/pageMessages';
import type { Snapshot } from '../engine/variables';
import { parameterLayers } from '../model/parameterLayers';
import { stageAt, stagesOf } from '../recipe/stages';
import type { RunDescription } from './trainer';

/** How far training moved each layer that has parameters, from one moment to another, which is in that epoch. */
export async function layerChanges(
  { model, recipe }: RunDescription,
  from: Snapshot,
  to: Snapshot,
  epoch: number,
): Promise<readonly LayerChange[]> {
  const { freeze } = stageAt(stagesOf(recipe), epoch);
  const changes: LayerChange[] = [];
  for (const { keys, ...layer } of parameterLayers(model.root, freeze)) {
    changes.push({ ...layer, maxChange: await to.maxChange(from, keys) });
  }
  return changes;
}
