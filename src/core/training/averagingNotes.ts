import { t } from '../../protocol/language';
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
    t(
      'averaging: a decay of {0} looks back on about {1} steps, and this run takes {2}: what is tested and kept stays near the first weights; a decay of {3} would suit it.',
      averaging.decay,
      Math.round(span).toLocaleString('en-US'),
      steps.toLocaleString('en-US'),
      Number(better.toPrecision(2)),
    ),
  ];
}
