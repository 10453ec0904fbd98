import type { RecipeDifference } from '../../src/protocol/comparisonMessages';
import { t } from '../../src/protocol/language';
import { element, scrolled } from '../elements';
import { valueText } from './valueText';

/** The fields in which recipes differ, and what each run has there. */
export function differencesTable(
  names: readonly string[],
  differences: readonly RecipeDifference[],
): HTMLElement {
  if (differences.length === 0) return element('p', { class: 'quiet' }, t('They are the same.'));
  const heads = names.map(name =>
    element('th', { scope: 'col', title: name }, element('span', { class: 'name' }, name)),
  );
  const rows = differences.map(({ field, values }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('code', {}, field)),
      ...values.map(value =>
        element('td', { title: value ?? undefined }, element('code', {}, valueText(value))),
      ),
    ),
  );
  return scrolled(
    t('Fields that differ'),
    element(
      'table',
      { class: 'differences' },
      element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, t('Field')), ...heads)),
      element('tbody', {}, ...rows),
    ),
  );
}
