import { t } from '../../protocol/language';
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
  requireModules(root, paths, 'freeze');
  const frozen = new Set(paths);
  return { isFrozen: path => prefixes(path).some(prefix => frozen.has(prefix)) };
}

/** Throws a UserError that names the first of `paths` which is no module, the nearest that is, and the recipe's field. */
export function requireModules(root: Container, paths: readonly string[], field: string): void {
  const existing = new Set(Array.from(namedLayers(root), ([path]) => path));
  const unknown = paths.find(path => !existing.has(path));
  if (unknown !== undefined) throw unknownPath(unknown, existing, root, field);
}

function unknownPath(path: string, existing: ReadonlySet<string>, root: Container, field: string): UserError {
  const nearest = nearestName(path, [...existing]);
  const top = root.children.map(([name]) => name).join(', ');
  return new UserError(
    nearest
      ? t('{0}: the model has no layer "{1}"; did you mean "{2}"?', field, path, nearest)
      : t('{0}: the model has no layer "{1}"; at its top are {2}.', field, path, top),
  );
}

function prefixes(path: string): readonly string[] {
  const names = path.split('.');
  return names.map((_, index) => names.slice(0, index + 1).join('.'));
}
