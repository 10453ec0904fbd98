import { t } from '../../protocol/language';
import type { Sample } from '../dataset/dataset';
import { nearestName } from '../recipe/nearestName';
import type { Recipe } from '../recipe/recipe';
import { UserError } from '../userError';

/** From so many times as many pictures in one class as in another on, a run says so. */
const MARKED = 3;

/** Pictures of each class. */
export function countPerClass(samples: readonly Sample[], classes: number): readonly number[] {
  const counts = Array<number>(classes).fill(0);
  for (const { label } of samples) counts[label]!++;
  return counts;
}

/**
 * A weight for each class: those that a recipe names, 1 for others; or where it says "balanced" n / (k n_c), of n
 * training pictures of k classes the n_c of that class, so that all classes count the same. A class that has no picture
 * weighs nothing then. A UserError names a class that the data does not have.
 */
export function classWeights(
  given: Recipe['classWeights'],
  classes: readonly string[],
  counts: readonly number[],
): readonly number[] | undefined {
  if (given === undefined) return undefined;
  if (given === 'balanced') {
    const pictures = counts.reduce((sum, count) => sum + count, 0);
    const present = counts.filter(count => count > 0).length;
    return counts.map(count => (count === 0 ? 0 : pictures / (present * count)));
  }
  for (const name of Object.keys(given)) {
    if (classes.includes(name)) continue;
    const nearest = nearestName(name, classes);
    const hint =
      nearest === undefined
        ? t('its classes are {0}', classes.join(', '))
        : t('did you mean "{0}"?', nearest);
    throw new UserError(t('classWeights: the data has no class "{0}"; {1}', name, hint));
  }
  const weights = classes.map(name => (Object.hasOwn(given, name) ? given[name]! : 1));
  if (weights.every(weight => weight === 0)) {
    throw new UserError(
      t('classWeights: all classes weigh 0, so nothing would be learned; give one at least more.'),
    );
  }
  return weights;
}

/** What a run tells of classes of very different size, and of a recipe that makes up for it twice. */
export function balanceNotes(
  { classWeights, sampling }: Pick<Recipe, 'classWeights' | 'sampling'>,
  classes: readonly string[],
  counts: readonly number[],
): readonly string[] {
  if (classWeights === 'balanced' && sampling === 'weighted') {
    return [
      t(
        '"classWeights": "balanced" and "sampling": "weighted" both make up for classes of different size: together they favour the small ones.',
      ),
    ];
  }
  if (classWeights !== undefined || sampling === 'weighted') return [];
  const present = counts.flatMap((count, label) => (count > 0 ? [{ count, name: classes[label]! }] : []));
  const [least, most] = [minBy(present, 1), minBy(present, -1)];
  if (!least || !most || most.count < MARKED * least.count) return [];
  const times = (most.count / least.count).toPrecision(2);
  return [
    t(
      'The classes are imbalanced: {0} has {1} training images, {2} {3} ({4} to 1); "classWeights": "balanced" or "sampling": "weighted" makes up for it.',
      most.name,
      most.count,
      least.name,
      least.count,
      Number(times),
    ),
  ];
}

function minBy<Item extends { readonly count: number }>(
  items: readonly Item[],
  sign: 1 | -1,
): Item | undefined {
  return items.reduce<Item | undefined>(
    (found, item) => (found && sign * found.count <= sign * item.count ? found : item),
    undefined,
  );
}
