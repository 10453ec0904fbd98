import { nearestName } from '../recipe/nearestName';
import { UserError } from '../userError';
import { namedLayers, type Container } from './layerTree';

/** The modules that do not train. */
export interface FreezeSet {
  /** Whether the module at `path`, or one it lies in, was frozen. */
  isFrozen(path: string): boolean;
}

/** Freezes the modules at `paths` and all below them; a UserError naming the path and the nearest there is when one does not exist. */
export function resolveFreeze(root: Container, paths: readonly string[]): FreezeSet {
  const existing = new Set(Array.from(namedLayers(root), ([path]) => path));
  const frozen = new Set(paths);
  for (const path of frozen) {
    if (!existing.has(path)) throw unknownPath(path, existing, root);
  }
  return { isFrozen: path => prefixes(path).some(prefix => frozen.has(prefix)) };
}

function unknownPath(path: string, existing: ReadonlySet<string>, root: Container): UserError {
  const nearest = nearestName(path, [...existing]);
  const top = root.children.map(([name]) => name).join(', ');
  return new UserError(
    nearest
      ? `freeze: the model has no layer "${path}"; did you mean "${nearest}"?`
      : `freeze: the model has no layer "${path}"; at its top are ${top}.`,
  );
}

function prefixes(path: string): readonly string[] {
  const names = path.split('.');
  return names.map((_, index) => names.slice(0, index + 1).join('.'));
}
