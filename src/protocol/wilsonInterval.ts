/** Where a share lies with 95 % confidence; both ends are within [0, 1]. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % quantile of the standard normal distribution. */
const Z = 1.959964;

/**
 * Between what bounds a share truly lies, with 95 % confidence, that was counted in `trials`: Wilson's score interval
 * (E. B. Wilson, Journal of the American Statistical Association 22, 1927), which holds for few trials and for shares
 * close to 0 or 1. Without a trial it is all of [0, 1].
 */
export function wilsonInterval(share: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const weight = 1 + Z ** 2 / trials;
  const middle = (share + Z ** 2 / (2 * trials)) / weight;
  const reach = (Z / weight) * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2));
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}
