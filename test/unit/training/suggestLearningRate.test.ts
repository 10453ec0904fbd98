import assert from 'node:assert/strict';
import { suggestLearningRate } from '../../../src/core/training/suggestLearningRate';

describe('suggestLearningRate', () => {
  const STEPS = 100;
  const rates = Array.from({ length: STEPS }, (_, i) => 1e-7 * 1e8 ** (i / (STEPS - 1)));
  const curve = (lossOf: (lr: number) => number) =>
    rates.map(lr => ({ lr, loss: 0, smoothedLoss: lossOf(lr) }));

  it('is where the loss falls most steeply over the logarithm of the rate', () => {
    // A logistic step down in log10(lr), steepest at 10^-2.6, and away from 0.3 on.
    const tried = curve(lr => 1 / (1 + Math.exp(3 * (Math.log10(lr) + 2.6))) + (lr > 0.3 ? lr ** 2 : 0));
    const found = suggestLearningRate(tried, STEPS)!;
    assert.ok(found > 10 ** -2.75 && found < 10 ** -2.45, `${found}`);
    assert.equal(found, Number(found.toPrecision(2)));
  });

  it('minds neither the beginning of the running mean nor a wobble beyond the lowest loss', () => {
    const tried = curve(lr => (lr < 0.01 ? 2 - Math.log10(lr / 1e-7) / 10 : 3)).map((rate, i) => {
      if (i < 8) return { ...rate, smoothedLoss: 9 - i };
      return i % 20 === 0 && rate.lr > 0.01 ? { ...rate, smoothedLoss: 1.6 } : rate;
    });
    const found = suggestLearningRate(tried, STEPS)!;
    assert.ok(found >= Number(rates[10]!.toPrecision(2)) && found < 0.01, `${found}`);
  });

  it('is none where the loss falls nowhere, or ran away at once', () => {
    assert.equal(
      suggestLearningRate(
        curve(lr => lr),
        STEPS,
      ),
      null,
    );
    assert.equal(suggestLearningRate(curve(lr => 1 - lr).slice(0, 13), STEPS), null);
    assert.equal(suggestLearningRate([], STEPS), null);
  });
});
