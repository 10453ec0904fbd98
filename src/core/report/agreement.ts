import { t } from '../../protocol/language';
import { mcNemar, SIGNIFICANT } from '../../protocol/mcNemar';
import { rightOf, worstOf, type PicturePair } from './picturePairs';

/** How two runs judge the test pictures that both have. */
export interface Agreement {
  readonly pictures: number;
  readonly onlyFirstRight: number;
  readonly onlySecondRight: number;
  /** Of McNemar's test. */
  readonly p: number;
  /** Those where one is right and the other is not, the most confident mistake first. */
  readonly disagreements: readonly PicturePair[];
}

/** Compares two runs picture by picture. */
export function agreementOf(pairs: readonly PicturePair[]): Agreement {
  const disagreements = pairs
    .filter(pair => {
      const [first, second] = rightOf(pair);
      return first !== second;
    })
    .sort((a, b) => worstOf(b) - worstOf(a));
  const onlyFirstRight = disagreements.filter(pair => rightOf(pair)[0]).length;
  const onlySecondRight = disagreements.length - onlyFirstRight;
  return {
    ...{ pictures: pairs.length, onlyFirstRight, onlySecondRight, disagreements },
    p: mcNemar(onlyFirstRight, onlySecondRight),
  };
}

/** What that says of the runs, in a sentence; their names are as they are to be shown. */
export function agreementText(found: Agreement, first: string, second: string): string {
  const { pictures, onlyFirstRight, onlySecondRight, p } = found;
  if (pictures === 0) return t('They have no test picture in common.');
  const verdict =
    p < SIGNIFICANT ? t('the difference is hardly chance') : t('the difference may well be chance');
  return t(
    'Of the {0} test pictures of both, {1} are recognized by {2} alone ' +
      "and {3} by {4} alone: {5} (McNemar's test, p = {6}).",
    pictures,
    onlyFirstRight,
    first,
    onlySecondRight,
    second,
    verdict,
    p.toPrecision(2),
  );
}
