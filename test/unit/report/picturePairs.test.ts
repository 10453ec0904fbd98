import { strict as assert } from 'node:assert';
import type { PairsQuery } from '../../../src/protocol/comparisonMessages';
import { matrixDifference, pairsFor, pairsOf } from '../../../src/core/report/picturePairs';
import { WrittenRuns } from './writtenRuns';

describe('the pictures of two runs', () => {
  const runs = new WrittenRuns();
  const classes = ['ants', 'bees', 'crabs'];
  /** Both right, A alone, B alone, both wrong alike, both wrong differently. */
  const pairs = async () => {
    const first = await runs.read(
      [
        [0, 0, 0.9],
        [0, 0, 0.8],
        [1, 0, 0.7],
        [1, 2, 0.6],
        [2, 0, 0.55],
      ],
      {},
      classes,
    );
    const second = await runs.read(
      [
        [0, 0, 0.9],
        [0, 1, 0.95],
        [1, 1, 0.8],
        [1, 2, 0.9],
        [2, 1, 0.5],
      ],
      {},
      classes,
    );
    return { first: first.best, second: second.best, pairs: pairsOf(first.best, second.best) };
  };
  const found = async (which: PairsQuery): Promise<readonly string[]> =>
    pairsFor((await pairs()).pairs, which, classes).map(({ image }) => image);

  it('are those that both have, with what each run takes them for', async () => {
    const { pairs: all } = await pairs();
    assert.equal(all.length, 5);
    assert.deepEqual(all[1], {
      ...{ image: '1.jpg', label: 'ants' },
      first: { index: 1, predicted: 'ants', probability: 0.8 },
      second: { index: 1, predicted: 'bees', probability: 0.95 },
    });
  });

  it('are found by who is right, the most confident mistake first', async () => {
    assert.deepEqual(await found('differ'), ['1.jpg', '2.jpg', '4.jpg']);
    assert.deepEqual(await found('onlyFirst'), ['1.jpg']);
    assert.deepEqual(await found('onlySecond'), ['2.jpg']);
    assert.deepEqual(await found('bothWrong'), ['3.jpg', '4.jpg']);
  });

  it('are found by the cell in which they make the difference', async () => {
    assert.deepEqual(await found({ label: 0, predicted: 1 }), ['1.jpg']);
    assert.deepEqual(await found({ label: 1, predicted: 2 }), []);
    assert.deepEqual(await found({ label: 2, predicted: 0 }), ['4.jpg']);
    assert.deepEqual(await found({ label: 9, predicted: 9 }), []);
  });

  it('make the difference of the confusion matrices, the second less the first', async () => {
    const { first, second, pairs: all } = await pairs();
    assert.deepEqual(matrixDifference(first, second, all), {
      classes,
      matrix: [
        [-1, 1, 0],
        [-1, 1, 0],
        [-1, 1, 0],
      ],
    });
  });

  it('may be of classes that only one run has', async () => {
    const first = await runs.read([[0, 0, 0.9]], {}, ['ants', 'bees']);
    const second = await runs.read([[1, 0, 0.9]], {}, ['crabs', 'ants']);
    const both = pairsOf(first.best, second.best);
    assert.deepEqual(matrixDifference(first.best, second.best, both), {
      classes: ['ants', 'bees', 'crabs'],
      matrix: [
        [-1, 0, 1],
        [0, 0, 0],
        [0, 0, 0],
      ],
    });
  });
});
