import type { NamedNumber } from '../../protocol/comparisonMessages';
import { duration } from '../../protocol/eventText';
import { intervalText, percent } from '../../protocol/numberText';
import { wilsonInterval } from '../../protocol/wilsonInterval';
import type { ReportedRun } from './reportedRun';

/** What runs are compared by, as text; every run has the same numbers in the same order. */
export function comparedNumbers({ best, started, ended }: ReportedRun): readonly NamedNumber[] {
  const { metrics, loss, calibration, epoch } = best;
  const interval = wilsonInterval(metrics.accuracy, metrics.samples);
  const numbers: readonly (readonly [string, string])[] = [
    ['Test accuracy', percent(metrics.accuracy, 2)],
    ['95% interval', intervalText(interval, 2)],
    ['Balanced accuracy', percent(metrics.balancedAccuracy, 2)],
    ['Macro-F1', metrics.macroF1.toFixed(4)],
    ['Test loss', loss.toFixed(4)],
    ['Expected calibration error', calibration.error.toFixed(3)],
    ['Best epoch', epoch === undefined ? '–' : String(epoch)],
    ['Parameters that train', started?.trainable.toLocaleString('en-US') ?? '–'],
    ['Took', ended ? duration(ended.seconds) : '–'],
  ];
  return numbers.map(([name, text]) => ({ name, text }));
}
