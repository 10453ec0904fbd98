/** Below this the difference of two runs is called one. */
export const SIGNIFICANT = 0.05;

/**
 * How likely as many or more pictures would speak for one of two classifiers if neither were better: the exact McNemar test,
 * two sides (Q. McNemar, Psychometrika 12, 1947), of the pictures that the first recognizes alone and the second alone.
 */
export function mcNemar(onlyFirst: number, onlySecond: number): number {
  const trials = onlyFirst + onlySecond;
  let chance = 0;
  let log = -trials * Math.LN2;
  // Of trials with even chances, that at most the fewer succeed.
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    chance += Math.exp(log);
    log += Math.log((trials - k) / (k + 1));
  }
  return Math.min(1, 2 * chance);
}
