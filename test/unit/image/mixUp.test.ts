import assert from 'node:assert/strict';
import { imagenetPreprocessing } from '../../../src/core/model/model';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mixLabels, mixPictures } from '../../../src/core/image/mixUp';
import { Random } from '../../../src/core/random';
import { CrossEntropyLoss, lossOf } from '../../../src/core/training/crossEntropyLoss';

interface Fixture {
  readonly share: number;
  readonly labelSmoothing: number;
  readonly weights: readonly number[] | null;
  readonly labels: readonly number[];
  /** [pictures, 5, 5, 3], 8 bit, and float32 once they are normalized and mixed. */
  readonly pixels: string;
  readonly mixed: string;
  readonly logProbabilities: readonly number[];
  readonly loss: number;
}

describe("torchvision's MixUp", () => {
  const file = join(__dirname, '../../fixtures/augmentations.json');
  const { mixUp } = JSON.parse(readFileSync(file, 'utf8')) as { mixUp: readonly Fixture[] };
  const imagenet = { ...imagenetPreprocessing, resize: 5, crop: 5 };

  for (const { share, labelSmoothing, weights, labels, pixels, mixed, logProbabilities, loss } of mixUp) {
    it(`makes these pictures of a batch, with ${share} of each itself`, () => {
      const found = mixPictures(
        new Uint8Array(Buffer.from(pixels, 'base64')),
        labels.length,
        share,
        imagenet,
      );
      const bytes = Uint8Array.from(Buffer.from(mixed, 'base64'));
      const expected = new Float32Array(bytes.buffer);
      assert.equal(found.length, expected.length);
      found.forEach((value, i) =>
        assert.ok(Math.abs(value - expected[i]!) < 1e-6, `${value}, ${expected[i]}`),
      );
    });

    it(`has this loss with label smoothing ${labelSmoothing} and class weights ${weights?.join()}`, () => {
      const criterion = new CrossEntropyLoss(3, { labelSmoothing, weights: weights ?? undefined });
      const { labels: larger, mixed: other } = mixLabels(labels, share);
      const targets = criterion.targets(larger, other);
      assert.ok(Math.abs(lossOf(Float32Array.from(logProbabilities), targets) - loss) < 1e-6);
    });
  }

  it('takes for the label of a mixture that of the larger share', () => {
    assert.deepEqual(mixLabels([0, 1, 2], 0.75), {
      labels: [0, 1, 2],
      mixed: { others: [2, 0, 1], share: 0.75 },
    });
    assert.deepEqual(mixLabels([0, 1, 2], 0.25), {
      labels: [2, 0, 1],
      mixed: { others: [0, 1, 2], share: 0.75 },
    });
  });

  it('mixes a single picture with itself', () => {
    const pixels = Uint8Array.of(10, 20, 30);
    assert.deepEqual(mixPictures(pixels, 1, 0.3, imagenet), mixPictures(pixels, 1, 1, imagenet));
  });

  for (const alpha of [0.001, 0.2, 1, 4]) {
    it(`draws shares of Beta(${alpha}, ${alpha})`, () => {
      const random = new Random('beta', alpha);
      const shares = Array.from({ length: 20_000 }, () => random.symmetricBeta(alpha));
      assert.ok(shares.every(share => share >= 0 && share <= 1));
      const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
      const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
      // Five deviations of the mean of so many.
      assert.ok(Math.abs(mean - 0.5) < 0.018, `${mean}`);
      const expected = 1 / (4 * (2 * alpha + 1));
      assert.ok(Math.abs(variance - expected) < 0.02 * expected + 0.002, `${variance}, not ${expected}`);
    });
  }
});
