import type { ProbableClass } from '../../protocol/taskMessages';

/** Classes with their probabilities, which are in the same order: the most probable first. */
export function probableClasses(
  names: readonly string[],
  probabilities: ArrayLike<number>,
): readonly ProbableClass[] {
  return names
    .map((name, index) => ({ name, probability: probabilities[index]! }))
    .sort((a, b) => b.probability - a.probability);
}
