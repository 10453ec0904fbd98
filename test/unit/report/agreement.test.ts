import { strict as assert } from 'node:assert';
import { agreementOf } from '../../../src/core/report/agreement';
import { pairsOf } from '../../../src/core/report/picturePairs';
import { WrittenRuns } from './writtenRuns';

describe('the agreement of two runs', () => {
  const runs = new WrittenRuns();
  const right = [0, 0, 0.9] as const;
  const wrong = [0, 1, 0.6] as const;

  // Twice the sum of C(n, k) / 2^n up to the fewer.
  for (const [more, fewer, p] of [
    [9, 2, 0.0654296875],
    [5, 2, 0.453125],
    [3, 3, 1],
    [0, 0, 1],
    [20, 0, 2 ** -19],
  ] as const) {
    it(`has p = ${p} where ${more} pictures speak for one and ${fewer} for the other`, async () => {
      const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value);
      const first = await runs.read([...times(more, right), ...times(fewer, wrong), right]);
      const second = await runs.read([...times(more, wrong), ...times(fewer, right), right]);
      const found = agreementOf(pairsOf(first.best, second.best));
      assert.ok(Math.abs(found.p - p) < 1e-12, String(found.p));
      assert.deepEqual(
        [found.pictures, found.onlyFirstRight, found.onlySecondRight, found.disagreements.length],
        [more + fewer + 1, more, fewer, more + fewer],
      );
    });
  }
});
