import { buildGraph } from './graph';
import { isContainer, namedLayers, type Container, type Layer } from './layerTree';

/**
 * Changes of a recipe's `freeze` list. Each returns the shortest list that freezes exactly the layers asked for: a
 * parent where all below it is frozen, in the order of the tree. Paths that the model does not have stay at the end.
 */
export interface FreezeEdit {
  (root: Container, freeze: readonly string[]): readonly string[];
}

/** Freezes or unfreezes the modules at `paths`, with all below them. */
export function setFrozen(paths: readonly string[], frozen: boolean): FreezeEdit {
  return change((root, leaves) => {
    for (const leaf of leavesAt(root, paths)) {
      if (frozen) leaves.add(leaf);
      else leaves.delete(leaf);
    }
  });
}

/** Unfreezes the modules at `paths` if all of them are frozen, else freezes them. */
export function toggleFrozen(paths: readonly string[]): FreezeEdit {
  return change((root, leaves) => {
    const concerned = leavesAt(root, paths);
    const frozen = concerned.every(leaf => leaves.has(leaf));
    for (const leaf of concerned) {
      if (frozen) leaves.delete(leaf);
      else leaves.add(leaf);
    }
  });
}

/** Freezes the module at `path`, all below it, and all that data passes before it. */
export function freezeUpTo(path: string): FreezeEdit {
  return change((root, leaves) => {
    const order = forwardOrder(root);
    const last = Math.max(...leavesAt(root, [path]).map(leaf => order.indexOf(leaf)));
    for (const leaf of order.slice(0, last + 1)) leaves.add(leaf);
  });
}

/** Unfreezes the module at `path`, all below it, and all that data passes after it. */
export function unfreezeFrom(path: string): FreezeEdit {
  return change((root, leaves) => {
    const order = forwardOrder(root);
    const indices = leavesAt(root, [path]).map(leaf => order.indexOf(leaf));
    if (indices.length === 0) return;
    for (const leaf of order.slice(Math.min(...indices))) leaves.delete(leaf);
  });
}

/** Freezes everything but the layer that gives the logits. */
export function freezeAllBut(head: string): FreezeEdit {
  return change((root, leaves) => {
    for (const leaf of leavesOf(root)) if (leaf !== head) leaves.add(leaf);
    leaves.delete(head);
  });
}

/** Unfreezes everything. */
export const unfreezeAll: FreezeEdit = change((_root, leaves) => leaves.clear());

/** The modules without children that a `freeze` list freezes; paths the model does not have freeze nothing. */
export function frozenLeaves(root: Container, freeze: readonly string[]): ReadonlySet<string> {
  return new Set(leavesAt(root, freeze));
}

/** The modules without children, in the order of the tree. */
export function leavesOf(root: Container): readonly string[] {
  return Array.from(namedLayers(root))
    .filter(([, layer]) => !isContainer(layer))
    .map(([path]) => path);
}

/** The modules without children, in the order in which data first passes them; those it never passes last. */
export function forwardOrder(root: Container): readonly string[] {
  const leaves = leavesOf(root);
  const all = new Set(leaves);
  const passed = buildGraph(root)
    .map(({ path }) => path)
    .filter(path => all.has(path));
  return [...new Set([...passed, ...leaves])];
}

/** The shortest list that freezes exactly `leaves`, in the order of the tree. */
export function freezeListOf(root: Container, leaves: ReadonlySet<string>): readonly string[] {
  const visit = (path: string, layer: Layer): readonly string[] => {
    if (!isContainer(layer)) return leaves.has(path) ? [path] : [];
    const below = layer.children.map(([name, child]) => visit(`${path}.${name}`, child));
    const whole = layer.children.every(([name], index) => below[index]![0] === `${path}.${name}`);
    return whole && below.length > 0 ? [path] : below.flat();
  };
  return root.children.flatMap(([name, child]) => visit(name, child));
}

function change(edit: (root: Container, leaves: Set<string>) => void): FreezeEdit {
  return (root, freeze) => {
    const existing = new Set(Array.from(namedLayers(root), ([path]) => path));
    const leaves = new Set(frozenLeaves(root, freeze));
    edit(root, leaves);
    const unknown = freeze.filter(path => !existing.has(path));
    return [...freezeListOf(root, leaves), ...new Set(unknown)];
  };
}

function leavesAt(root: Container, paths: readonly string[]): readonly string[] {
  return leavesOf(root).filter(leaf => paths.some(path => leaf === path || leaf.startsWith(`${path}.`)));
}
