import assert from 'node:assert/strict';
import { CrossEntropyLoss, lossOf } from '../../../src/core/training/crossEntropyLoss';

describe('CrossEntropyLoss', () => {
  const logs = Float32Array.from([0.5, 0.25, 0.25, 0.125, 0.75, 0.125], Math.log);
  const close = (found: number, expected: number) =>
    assert.ok(Math.abs(found - expected) < 1e-6, `${found}, not ${expected}`);
  const [half, quarter, eighth, most] = [0.5, 0.25, 0.125, 0.75].map(p => -Math.log(p)) as [
    ...[number, number, number, number],
  ];

  it('is the mean over the pictures of what the right class lacks', () => {
    const targets = new CrossEntropyLoss(3).targets([0, 1]);
    assert.deepEqual(targets, { values: Float32Array.of(1, 0, 0, 0, 1, 0), divisor: 2 });
    close(lossOf(logs, targets), (half + most) / 2);
  });

  it('spreads a share of each answer over all classes', () => {
    const targets = new CrossEntropyLoss(3, { labelSmoothing: 0.3 }).targets([0, 1]);
    close(targets.values[0]!, 0.8);
    close(targets.values[1]!, 0.1);
    const expected = 0.8 * half + 0.2 * quarter + 0.8 * most + 0.2 * eighth;
    close(lossOf(logs, targets), expected / 2);
  });

  it('is the mean over the weights of the classes where they have some', () => {
    const targets = new CrossEntropyLoss(3, { weights: [3, 1, 0] }).targets([0, 1]);
    assert.deepEqual(targets, { values: Float32Array.of(3, 0, 0, 0, 1, 0), divisor: 4 });
    close(lossOf(logs, targets), (3 * half + most) / 4);
  });

  it('learns nothing of a batch whose classes weigh nothing', () => {
    const targets = new CrossEntropyLoss(3, { weights: [1, 1, 0] }).targets([2, 2]);
    assert.equal(lossOf(logs, targets), 0);
  });

  it('minds no class that is impossible where nobody asks for it', () => {
    const certain = Float32Array.of(0, -Infinity);
    assert.equal(lossOf(certain, new CrossEntropyLoss(2).targets([0])), 0);
    assert.equal(lossOf(certain, new CrossEntropyLoss(2).targets([1])), Infinity);
  });
});
