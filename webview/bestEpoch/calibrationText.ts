import type { Calibration } from '../../src/protocol/pageMessages';
import { percent } from '../../src/protocol/numberText';

/** Accuracy and confidence that lie closer together than this are taken as the same. */
const NEAR = 0.02;

/** How far the probabilities can be believed, and what would mend them, in two sentences. */
export function calibrationText({ bins, error, temperature, errorAtTemperature }: Calibration): string {
  const samples = bins.reduce((sum, bin) => sum + bin.samples, 0);
  const mean = (of: 'confidence' | 'accuracy'): number =>
    bins.reduce((sum, bin) => sum + (bin.samples / samples) * bin[of], 0);
  const [confidence, accuracy] = [mean('confidence'), mean('accuracy')];
  const verdict =
    Math.abs(confidence - accuracy) < NEAR
      ? 'about right'
      : confidence > accuracy
        ? 'too sure'
        : 'too modest';
  const said =
    `Its likeliest class has ${percent(confidence)} on average and is right in ${percent(accuracy)}: ${verdict}. ` +
    `The expected calibration error is ${error.toFixed(3)}.`;
  if (temperature === undefined || errorAtTemperature === undefined) return said;
  const mended = `${said} Logits divided by ${temperature.toPrecision(3)}`;
  return errorAtTemperature < error
    ? `${mended} (temperature scaling, fitted to these pictures) bring it to ${errorAtTemperature.toFixed(3)}.`
    : `${mended} (temperature scaling, fitted to these pictures) do not lower it.`;
}
