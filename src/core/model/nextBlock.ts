import { forwardOrder, frozenLeaves } from './freezeEdits';
import { isComputing, namedLayers, type Container } from './layerTree';

/** Largest share of a model's convolutions and linear layers that counts as one block. */
const LARGEST_SHARE = 0.25;

/**
 * The block to unfreeze next: the last frozen one that data passes, a stage such as `layer4` or, where that is too much
 * of the model or holds layers that train already, a part of it. Undefined where nothing that learns is frozen.
 */
export function nextBlock(root: Container, freeze: readonly string[]): string | undefined {
  const layers = new Map(namedLayers(root));
  const computing = forwardOrder(root).filter(path => isComputing(layers.get(path)!));
  const frozen = frozenLeaves(root, freeze);
  const last = computing.findLast(path => frozen.has(path));
  if (last === undefined) return undefined;
  const names = last.split('.');
  for (let depth = 1; depth < names.length; depth++) {
    const block = names.slice(0, depth).join('.');
    const inside = computing.filter(path => path.startsWith(`${block}.`));
    const fits = inside.length <= LARGEST_SHARE * computing.length;
    if (fits && inside.every(path => frozen.has(path))) return block;
  }
  return last;
}
