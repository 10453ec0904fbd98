import { forwardOrder, freezeListOf } from './freezeEdits';
import { isComputing, namedLayers, type Container } from './layerTree';

/** How far from half a cut between whole stages may be before it is made inside one. */
const TOLERANCE = 0.15;

/**
 * The `freeze` list of the lower half of a model: about half of its convolutions and linear layers, the first that
 * data passes, cut between two stages where that comes near half, else between two blocks, else between two layers.
 */
export function lowerHalf(root: Container): readonly string[] {
  const order = forwardOrder(root);
  const layers = new Map(namedLayers(root));
  const computes = order.map(path => isComputing(layers.get(path)!));
  const total = computes.filter(Boolean).length;
  const depths = Math.max(...order.map(path => path.split('.').length));

  let best = { end: 0, off: 0.5 };
  for (let depth = 1; depth <= depths && best.off > TOLERANCE; depth++) {
    let passed = 0;
    order.forEach((path, index) => {
      // What comes after a layer without being one (its batch norm, activation, pooling) stays with it.
      const off = Math.abs(passed / total - 0.5);
      if (computes[index] && beginsAt(order, index, depth) && off < best.off) best = { end: index, off };
      if (computes[index]) passed++;
    });
  }
  return freezeListOf(root, new Set(order.slice(0, best.end)));
}

/** Whether a module of at most that depth begins with the layer at `index`. */
function beginsAt(order: readonly string[], index: number, depth: number): boolean {
  const module = (at: number): string => order[at]?.split('.').slice(0, depth).join('.') ?? '';
  return module(index) !== module(index - 1);
}
