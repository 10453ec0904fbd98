import type { NamedNumber } from '../../protocol/comparisonMessages';
import { duration } from '../../protocol/eventText';
import { t } from '../../protocol/language';
import { intervalText, percent } from '../../protocol/numberText';
import { wilsonInterval } from '../../protocol/wilsonInterval';
import type { ReportedRun } from './reportedRun';

/** What runs are compared by, as text; every run has the same numbers in the same order. */
export function comparedNumbers({ best, started, ended }: ReportedRun): readonly NamedNumber[] {
  const { metrics, loss, calibration, epoch } = best;
  const interval = wilsonInterval(metrics.accuracy, metrics.samples);
  const numbers: readonly (readonly [string, string])[] = [
    [t('Test accuracy'), percent(metrics.accuracy, 2)],
    [t('95% interval'), intervalText(interval, 2)],
    [t('Balanced accuracy'), percent(metrics.balancedAccuracy, 2)],
    [t('Macro-F1'), metrics.macroF1.toFixed(4)],
    [t('Test loss'), loss.toFixed(4)],
    [t('Expected calibration error'), calibration.error.toFixed(3)],
    [t('Best epoch'), epoch === undefined ? '–' : String(epoch)],
    [t('Parameters that train'), started?.trainable.toLocaleString('en-US') ?? '–'],
    [t('Took'), ended ? duration(ended.seconds) : '–'],
  ];
  return numbers.map(([name, text]) => ({ name, text }));
}
