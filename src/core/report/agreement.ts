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
  if (pictures === 0) return 'They have no test picture in common.';
  const verdict = p < SIGNIFICANT ? 'the difference is hardly chance' : 'the difference may well be chance';
  return (
    `Of the ${pictures} test pictures of both, ${onlyFirstRight} are recognized by ${first} alone ` +
    `and ${onlySecondRight} by ${second} alone: ${verdict} (McNemar's test, p = ${p.toPrecision(2)}).`
  );
}
