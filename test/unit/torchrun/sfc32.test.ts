import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Random } from '../../../src/core/random';
import { shuffledOrder, weightedOrder } from '../../../src/core/training/trainingOrder';

const program = join(__dirname, '../../../media/torchrun');

/** What an expression of Python gives, as JSON, with `Random` of media/torchrun; needs no packages. */
function python(expression: string): unknown {
  const code = `import json, sys; sys.path.insert(0, sys.argv[1]); from sfc32 import Random; from order import shuffled_order, weighted_order; print(json.dumps(${expression}))`;
  const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return JSON.parse(execFileSync('python3', ['-c', code, program], { encoding: 'utf8', env: environment }));
}

describe('the random numbers of media/torchrun', () => {
  it('are those of this program, to the last bit', () => {
    for (const keys of [[0], [2 ** 53 - 1, 'shuffle', 7], ['augment', 0, 3, 41], ['é\u{1F600}']]) {
      const random = new Random(...keys);
      const expected = Array.from({ length: 50 }, () => random.uniform(-2, 3));
      const given = JSON.stringify(keys);
      assert.deepEqual(
        python(
          `(lambda r: [r.uniform(-2, 3) for _ in range(50)])(Random(*json.loads(${JSON.stringify(given)})))`,
        ),
        expected,
      );
    }
  });

  it('put the pictures of an epoch in the same order', () => {
    for (const epoch of [0, 1, 24]) {
      assert.deepEqual(python(`shuffled_order(1000, 5, ${epoch})`), shuffledOrder(1000, 5, epoch));
      const labels = Array.from({ length: 1000 }, (_, i) => Math.floor(Math.sqrt(i) / 7));
      const samples = labels.map((label, i) => ({ file: `${i}`, image: `${i}`, label }));
      assert.deepEqual(
        python(`weighted_order(${JSON.stringify(labels)}, 5, ${epoch})`),
        weightedOrder(samples, 5, epoch),
      );
    }
  });
});
