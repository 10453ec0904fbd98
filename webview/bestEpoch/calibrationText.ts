import { t } from '../../src/protocol/language';
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
      ? t('about right')
      : confidence > accuracy
        ? t('too sure')
        : t('too modest');
  const said = t(
    'Its likeliest class has {0} on average and is right in {1}: {2}. The expected calibration error is {3}.',
    ...[percent(confidence), percent(accuracy), verdict, error.toFixed(3)],
  );
  if (temperature === undefined || errorAtTemperature === undefined) return said;
  const by = temperature.toPrecision(3);
  return errorAtTemperature < error
    ? t(
        '{0} Logits divided by {1} (temperature scaling, fitted to these pictures) bring it to {2}.',
        ...[said, by, errorAtTemperature.toFixed(3)],
      )
    : t(
        '{0} Logits divided by {1} (temperature scaling, fitted to these pictures) do not lower it.',
        said,
        by,
      );
}
