import type { Recipe } from '../recipe/recipe';

/** An average that looks back on more than this share of a run still holds much of its first weights at the end. */
const LONGEST_SHARE = 1 / 3;
/** What a decay that suits a run looks back on. */
const GOOD_SHARE = 1 / 10;

/** What a run tells of an average that has too few steps to come away from its beginning. */
export function averagingNotes(
  { averaging, epochs, batchSize }: Pick<Recipe, 'averaging' | 'epochs' | 'batchSize'>,
  pictures: number,
): readonly string[] {
  if (!averaging) return [];
  const steps = epochs * Math.ceil(pictures / batchSize);
  const span = 1 / (1 - averaging.decay);
  if (span <= LONGEST_SHARE * steps) return [];
  const better = Math.max(0, 1 - 1 / (GOOD_SHARE * steps));
  return [
    `averaging: a decay of ${averaging.decay} looks back on about ${Math.round(span).toLocaleString('en-US')} steps, and this run takes ${steps.toLocaleString('en-US')}: what is tested and kept stays near the first weights; a decay of ${Number(better.toPrecision(2))} would suit it.`,
  ];
}
