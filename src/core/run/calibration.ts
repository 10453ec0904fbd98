import type { Calibration, CalibrationBin } from '../../protocol/pageMessages';

/** A sample's class, as an index, and the probability of each class. */
export interface Forecast {
  readonly label: number;
  readonly probabilities: readonly number[];
}

/** Bins of equal width that the calibration error is taken over, as in Guo et al. */
const BINS = 15;

/** Most probabilities that a temperature is fitted to, so that this takes no time that a person would notice. */
const MOST_FITTED = 200_000;

/** Temperatures are looked for between 1/20 and 20. */
const MAX_INVERSE = 20;

/**
 * How far the probabilities of a classification can be believed: confidence and accuracy in bins of confidence, their
 * expected calibration error, and the temperature that would mend it best. From C. Guo et al., On Calibration of Modern
 * Neural Networks (ICML 2017).
 */
export function calibrationOf(forecasts: readonly Forecast[]): Calibration {
  const bins = binsOf(forecasts, 1);
  const inverse = fittedInverse(forecasts);
  return {
    bins,
    error: errorOf(bins),
    ...(inverse === undefined
      ? {}
      : { temperature: 1 / inverse, errorAtTemperature: errorOf(binsOf(forecasts, inverse)) }),
  };
}

/** Samples by the probability of their likeliest class; bins without any are left out. */
function binsOf(forecasts: readonly Forecast[], inverse: number): readonly CalibrationBin[] {
  const sums = Array.from({ length: BINS }, () => ({ samples: 0, confidence: 0, right: 0 }));
  for (const { label, probabilities } of forecasts) {
    const scaled = inverse === 1 ? probabilities : atInverse(probabilities.map(logOf), inverse);
    const confidence = Math.max(...scaled);
    // A bin holds its upper end and not its lower one.
    const bin = sums[Math.min(BINS, Math.max(1, Math.ceil(confidence * BINS))) - 1]!;
    bin.samples++;
    bin.confidence += confidence;
    bin.right += Number(scaled.indexOf(confidence) === label);
  }
  return sums.flatMap(({ samples, confidence, right }, index) =>
    samples === 0
      ? []
      : [
          {
            ...{ low: index / BINS, high: (index + 1) / BINS, samples },
            ...{ confidence: confidence / samples, accuracy: right / samples },
          },
        ],
  );
}

/** The mean distance of accuracy and confidence, each bin with the weight of its samples. */
function errorOf(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, { samples }) => sum + samples, 0);
  return bins.reduce(
    (sum, { samples, confidence, accuracy }) => sum + (samples / total) * Math.abs(accuracy - confidence),
    0,
  );
}

/**
 * The number that logits are best multiplied with: where the mean cross-entropy, which is convex in it, is least.
 * Undefined where that lies outside of the bounds, as it does when nothing was classified wrongly.
 */
function fittedInverse(forecasts: readonly Forecast[]): number | undefined {
  const every = Math.ceil((forecasts.length * (forecasts[0]?.probabilities.length ?? 0)) / MOST_FITTED);
  const fitted = forecasts
    .filter((_, index) => index % every === 0)
    .map(({ label, probabilities }) => ({ label, logits: probabilities.map(logOf) }));
  const slopeAt = (inverse: number): number =>
    fitted.reduce((sum, { label, logits }) => {
      const scaled = atInverse(logits, inverse);
      return sum + scaled.reduce((mean, chance, k) => mean + chance * logits[k]!, 0) - logits[label]!;
    }, 0);
  let [low, high] = [1 / MAX_INVERSE, MAX_INVERSE];
  if (fitted.length === 0 || slopeAt(low) >= 0 || slopeAt(high) <= 0) return undefined;
  while (high / low > 1.0005) {
    const middle = Math.sqrt(low * high);
    if (slopeAt(middle) < 0) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/** softmax(inverse * logits). */
function atInverse(logits: readonly number[], inverse: number): readonly number[] {
  const largest = Math.max(...logits);
  const powers = logits.map(logit => Math.exp(inverse * (logit - largest)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map(power => power / sum);
}

/** Probabilities are kept with seven digits; what is 0 then had been tiny. */
function logOf(probability: number): number {
  return Math.log(Math.max(probability, 1e-45));
}
