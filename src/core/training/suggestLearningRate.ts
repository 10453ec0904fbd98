import type { TriedRate } from '../../protocol/learningRateEvent';

/** Rates at the beginning that tell nothing: the running mean has just begun. */
const FIRST_SHARE = 0.1;
/** The slope at a rate is taken between those so many steps before and after: one batch alone decides nothing. */
const REACH = 2;

/**
 * The learning rate at which the smoothed loss falls most steeply over the logarithm of the rate, on the way to where it
 * is lowest, to two digits; null where it falls nowhere. As fastai's `lr_find` has it ("steep"), which looks beyond the
 * lowest too and takes a wobble there for a fall. `steps`: as many as the search was to try.
 */
export function suggestLearningRate(tried: readonly TriedRate[], steps: number): number | null {
  const from = Math.floor(FIRST_SHARE * steps);
  let lowest = from;
  tried.forEach(({ smoothedLoss }, i) => {
    if (i > from && smoothedLoss < tried[lowest]!.smoothedLoss) lowest = i;
  });
  let steepest = 0;
  let found: number | null = null;
  for (let i = from + REACH; i + REACH <= lowest; i++) {
    const [before, after] = [tried[i - REACH]!, tried[i + REACH]!];
    const slope = (after.smoothedLoss - before.smoothedLoss) / Math.log(after.lr / before.lr);
    if (slope < steepest) [steepest, found] = [slope, tried[i]!.lr];
  }
  return found === null ? null : Number(found.toPrecision(2));
}
