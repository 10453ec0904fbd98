import { strict as assert } from 'node:assert';
import { comparisonReport } from '../../../src/core/report/comparisonReport';
import { WrittenRuns } from './writtenRuns';

describe('the comparison of runs', () => {
  const runs = new WrittenRuns();
  const compared = async (
    ...written: readonly Parameters<WrittenRuns['read']>[]
  ): Promise<readonly string[]> => {
    const read = await Promise.all(written.map(run => runs.read(...run)));
    return comparisonReport(read).split('\n');
  };

  it('puts their numbers side by side', async () => {
    const lines = await compared(
      [
        [
          [0, 0, 0.9],
          [1, 1, 0.9],
        ],
        { name: 'one' },
      ],
      [
        [
          [0, 0, 0.9],
          [1, 0, 0.9],
        ],
        { name: 'two' },
      ],
    );
    assert.equal(lines[0], '# one and two');
    assert.equal(lines[2], '|  | one | two |');
    assert.ok(lines.includes('| Test accuracy | 100.00% | 50.00% |'));
    assert.ok(lines.includes('| 95% interval | 34.24% to 100.00% | 9.45% to 90.55% |'));
    assert.ok(lines.includes('| bees | 1.000 | 0.000 |'));
  });

  it('tells in what their recipes differ, within objects too', async () => {
    const lines = await compared(
      [[[0, 0, 0.9]], { optimizer: { type: 'sgd', lr: 0.01 }, seed: 0 }],
      [[[0, 0, 0.9]], { optimizer: { type: 'sgd', lr: 0.001 } }],
    );
    const from = lines.indexOf('## Recipes');
    assert.deepEqual(lines.slice(from + 2, from + 7), [
      '| Field | insects (1) | insects (2) |',
      '| :-- | --: | --: |',
      '| `optimizer.lr` | `0.01` | `0.001` |',
      '| `seed` | `0` | – |',
      '',
    ]);
    const same = await compared([[[0, 0, 0.9]], { name: 'a' }], [[[0, 0, 0.9]], { name: 'b' }]);
    assert.ok(same.includes('They are the same.'));
  });

  it('tells the pictures on which each disagrees with the best, and whether that may be chance', async () => {
    const right = Array.from({ length: 8 }, () => [0, 0, 0.9] as const);
    const wrong = Array.from({ length: 7 }, (_, k) => [0, 1, 0.5 + k / 100] as const);
    const lines = await compared([[...wrong, [0, 0, 0.9]], { name: 'worse' }], [right, { name: 'better' }]);
    const from = lines.indexOf('## Where better and worse disagree');
    assert.deepEqual(lines.slice(from + 2, from + 7), [
      'Of the 8 test pictures of both, 7 are recognized by better alone and 0 by worse alone: the difference is hardly ' +
        "chance (McNemar's test, p = 0.016).",
      '',
      '| Picture | Is | By better | By worse | Probability of the mistake |',
      '| :-- | :-- | :-- | :-- | --: |',
      '| `6.jpg` | ants | ants | bees | 56.00% |',
    ]);
  });

  it('says so when they have no test picture in common', async () => {
    const lines = await compared(
      [[[0, 0, 0.9]], { name: 'a' }],
      [[[0, 0, 0.9]], { name: 'b' }, ['cats', 'dogs']],
    );
    assert.ok(lines.includes('They have no test picture in common.'));
  });
});
