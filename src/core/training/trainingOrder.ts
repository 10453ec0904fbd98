import type { Sample } from '../dataset/dataset';
import { Random } from '../random';

/** 0, 1, ... up to `count`. */
export function inOrder(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** The order of the training pictures in an epoch: another one each time, the same for the same seed. */
export function shuffledOrder(count: number, seed: number, epoch: number): number[] {
  return new Random(seed, 'shuffle', epoch).shuffle(inOrder(count));
}

/**
 * As many draws as there are pictures, with replacement, every class as likely as any other:
 * `torch.utils.data.WeightedRandomSampler` with the weight 1 / n_c for a picture of a class of n_c. Where a picture comes
 * again, it is `picture + k * samples.length` the k-th time, so that what is drawn for it is its own each time.
 */
export function weightedOrder(samples: readonly Sample[], seed: number, epoch: number): number[] {
  const counts = new Map<number, number>();
  for (const { label } of samples) counts.set(label, (counts.get(label) ?? 0) + 1);
  const ends: number[] = [];
  let total = 0;
  for (const { label } of samples) ends.push((total += 1 / counts.get(label)!));
  const random = new Random(seed, 'weighted', epoch);
  const seen = new Map<number, number>();
  return samples.map(() => {
    const picture = firstAbove(ends, random.uniform(0, total));
    const times = seen.get(picture) ?? 0;
    seen.set(picture, times + 1);
    return picture + times * samples.length;
  });
}

/** Where the first of ascending numbers is that exceeds `value`; the last where none does. */
function firstAbove(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
