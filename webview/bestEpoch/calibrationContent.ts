import { numberText, t } from '../../src/protocol/language';
import type { Calibration, CalibrationBin } from '../../src/protocol/pageMessages';
import { wilsonInterval } from '../../src/protocol/wilsonInterval';
import { percent } from '../../src/protocol/numberText';
import { element, scrolled } from '../elements';
import { intervalText } from '../numbers';
import { calibrationText } from './calibrationText';

/** How far the probabilities can be believed: a verdict, and how often each confidence was right. */
export function calibrationContent(calibration: Calibration): readonly HTMLElement[] {
  const head = (text: string): HTMLElement => element('th', { scope: 'col', class: 'number' }, text);
  const table = element(
    'table',
    { class: 'calibration' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...[t('Confidence'), t('Pictures'), t('Mean'), t('Accuracy'), t('95% interval')].map(head),
      ),
    ),
    element('tbody', {}, ...calibration.bins.map(row)),
  );
  return [
    element('p', { class: 'quiet' }, calibrationText(calibration)),
    scrolled(t('Confidence and accuracy'), table),
  ];
}

function row({ low, high, samples, confidence, accuracy }: CalibrationBin): HTMLElement {
  const interval = wilsonInterval(accuracy, samples);
  const off = confidence < interval.low || confidence > interval.high;
  const number = (text: string): HTMLElement => element('td', { class: 'number' }, text);
  return element(
    'tr',
    off ? { class: 'off', title: t('The mean confidence lies outside of where the accuracy does') } : {},
    element('th', { scope: 'row', class: 'number' }, `${(100 * low).toFixed(0)}–${percent(high, 0)}`),
    number(numberText(samples)),
    number(percent(confidence)),
    number(percent(accuracy)),
    number(`${intervalText(interval)}${off ? ' ≠' : ''}`),
  );
}
