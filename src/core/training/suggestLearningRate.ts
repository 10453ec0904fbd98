import type { TriedRate } from '../../protocol/learningRateEvent';

/** Rates at both ends that tell nothing: the running mean has just begun, or the loss already runs away. */
const FIRST_SHARE = 0.1;
const LAST = 5;

/**
 * The learning rate at which the smoothed loss falls most steeply over the logarithm of the rate, as fastai's `lr_find`
 * suggests it ("steep"), to two digits; null where it falls nowhere. `steps`: as many as the search was to try.
 */
export function suggestLearningRate(tried: readonly TriedRate[], steps: number): number | null {
  const middle = tried.slice(Math.floor(FIRST_SHARE * steps), -LAST);
  let steepest = 0;
  let found: number | null = null;
  for (const [i, { lr, smoothedLoss }] of middle.slice(0, -1).entries()) {
    const next = middle[i + 1]!;
    const slope = (next.smoothedLoss - smoothedLoss) / (Math.log(next.lr) - Math.log(lr));
    if (slope < steepest) [steepest, found] = [slope, lr];
  }
  return found === null ? null : Number(found.toPrecision(2));
}
