import { strict as assert } from 'node:assert';
import { Random } from '../../../src/core/random';
import { calibrationOf, type Forecast } from '../../../src/core/run/calibration';

describe('the calibration of a classification', () => {
  it('tells confidence and accuracy in fifteen bins of confidence, and their expected distance', () => {
    const forecasts: readonly Forecast[] = [
      { label: 0, probabilities: [0.9, 0.1] },
      { label: 1, probabilities: [0.92, 0.08] },
      { label: 1, probabilities: [0.4, 0.6] },
      { label: 0, probabilities: [0.38, 0.62] },
    ];
    const { bins, error } = calibrationOf(forecasts);
    const rounded = bins.map(({ low, high, samples, confidence, accuracy }) => [
      ...[Math.round(low * 15), Math.round(high * 15), samples],
      ...[confidence.toFixed(6), accuracy],
    ]);
    assert.deepEqual(rounded, [
      [8, 9, 1, '0.600000', 1],
      [9, 10, 1, '0.620000', 0],
      [13, 14, 2, '0.910000', 0.5],
    ]);
    assert.equal(error.toFixed(6), ((0.4 + 0.62 + 2 * 0.41) / 4).toFixed(6));
  });

  it('finds the temperature that logits were multiplied with, and what it mends', () => {
    const { error, temperature, errorAtTemperature } = calibrationOf(tooSure(2.5));
    assert.ok(Math.abs(temperature! - 2.5) < 0.1, String(temperature));
    assert.ok(error > 0.1, String(error));
    assert.ok(errorAtTemperature! < 0.03, String(errorAtTemperature));
  });

  it('finds a temperature of 1 where probabilities are what they say', () => {
    const { error, temperature } = calibrationOf(tooSure(1));
    assert.ok(Math.abs(temperature! - 1) < 0.05, String(temperature));
    assert.ok(error < 0.03, String(error));
  });

  it('names no temperature where nothing was classified wrongly: the more sure, the better', () => {
    const { error, temperature, errorAtTemperature } = calibrationOf([
      { label: 0, probabilities: [0.8, 0.2] },
      { label: 1, probabilities: [0.2, 0.8] },
    ]);
    assert.equal(error.toFixed(6), '0.200000');
    assert.deepEqual([temperature, errorAtTemperature], [undefined, undefined]);
  });

  it('takes no time that a person would notice, with many pictures and classes', () => {
    const start = performance.now();
    const probabilities = Array.from({ length: 1000 }, (_, k) => (k === 3 ? 0.5 : 0.5 / 999));
    calibrationOf(Array.from({ length: 2_000 }, (_, i) => ({ label: i % 2 === 0 ? 3 : 4, probabilities })));
    assert.ok(performance.now() - start < 2_000);
  });
});

/** Labels drawn with the probabilities of some logits, beside the probabilities of the logits times `factor`. */
function tooSure(factor: number): readonly Forecast[] {
  const random = new Random(7);
  return Array.from({ length: 4_000 }, () => {
    const logits = [0, 1, 2].map(() => random.normal(0, 2));
    const chance = random.uniform();
    const [first, second] = softmax(logits);
    const label = chance < first! ? 0 : chance < first! + second! ? 1 : 2;
    return { label, probabilities: softmax(logits.map(logit => factor * logit)) };
  });
}

function softmax(logits: readonly number[]): readonly number[] {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map(power => power / sum);
}
