import { t } from '../../protocol/language';
import type { OptimizerRecipe } from '../recipe/recipe';
import { UserError } from '../userError';
import { requireModules, resolveFreeze } from './freezeSet';
import { namedLayers, parameterShapes, type Container } from './layerTree';

/** What of the learning rate each parameter has: 1, or that of its group by the optimizer's. */
export type LearningRateScale = (key: string) => number;

/**
 * Resolves the parameter groups of an optimizer; what is in none has the optimizer's own learning rate. A UserError names
 * a module that does not exist, or that two groups have.
 */
export function parameterGroups(root: Container, { lr, groups = [] }: OptimizerRecipe): LearningRateScale {
  const field = 'optimizer.groups';
  const paths = groups.flatMap(({ modules }) => modules);
  requireModules(root, paths, field);
  for (const [i, path] of paths.entries()) {
    const other = paths.find((outer, j) => i !== j && isWithin(path, outer));
    if (other === undefined) continue;
    const where = other === path ? t('there twice') : t('in "{0}", which has a learning rate too', other);
    throw new UserError(t('{0}: "{1}" is {2}; each parameter belongs to one group', field, path, where));
  }
  const layers = new Map(
    Array.from(namedLayers(root)).flatMap(([path, layer]) =>
      parameterShapes(layer).map(({ key }) => [path + key, path] as const),
    ),
  );
  return key => {
    const layer = layers.get(key) ?? key;
    const group = groups.find(({ modules }) => modules.some(path => isWithin(layer, path)));
    return group ? group.lr / lr : 1;
  };
}

/** What a run tells of modules in a group of which nothing trains. */
export function frozenGroupNotes(
  root: Container,
  freeze: readonly string[],
  { groups = [] }: OptimizerRecipe,
): readonly string[] {
  const { isFrozen } = resolveFreeze(root, freeze);
  const trained = Array.from(namedLayers(root)).flatMap(([path, layer]) =>
    !isFrozen(path) && parameterShapes(layer).some(({ kind }) => kind === 'parameter') ? [path] : [],
  );
  return groups
    .flatMap(({ modules }) => modules)
    .filter(module => !trained.some(path => isWithin(path, module)))
    .map(module =>
      t('optimizer.groups: nothing in {0} trains, so its learning rate changes nothing.', module),
    );
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`);
}
