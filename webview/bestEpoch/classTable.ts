import { t } from '../../src/protocol/language';
import type { ClassMetrics, ClassificationMetrics } from '../../src/protocol/pageMessages';
import { wilsonInterval } from '../../src/protocol/wilsonInterval';
import { ratio } from '../../src/protocol/numberText';
import { element, scrolled } from '../elements';
import { intervalText } from '../numbers';
import { sortedClasses, type Column } from './sortedClasses';

/** Precision, recall, F1 and support of each class; a click on a head sorts, a second one the other way. */
export function classTable({ classes }: ClassificationMetrics): HTMLElement {
  const body = element('tbody', {}, ...classes.map(row));
  let sorted: { column: Column; ascending: boolean } | undefined;
  const columns: readonly (readonly [Column, string])[] = [
    ['name', t('Class')],
    ['precision', t('Precision')],
    ['recall', t('Recall')],
    ['f1', 'F1'],
    ['support', t('Support')],
  ];
  const heads = columns.map(([column, text]) => {
    const sort = element('button', { class: 'sort' }, text);
    sort.addEventListener('click', () => {
      const ascending = sorted?.column === column ? !sorted.ascending : true;
      sorted = { column, ascending };
      heads.forEach(head => head.removeAttribute('aria-sort'));
      sort.parentElement!.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
      body.replaceChildren(...sortedClasses(classes, column, ascending).map(row));
    });
    return element('th', { scope: 'col', class: column === 'name' ? '' : 'number' }, sort);
  });
  return scrolled(
    t('Metrics of the classes'),
    element('table', { class: 'classes' }, element('thead', {}, element('tr', {}, ...heads)), body),
  );
}

function row({ name, precision, recall, f1, support }: ClassMetrics): HTMLElement {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(f1 ?? 0));
  return element(
    'tr',
    {},
    element('th', { scope: 'row', title: name }, name),
    element('td', { class: 'number' }, ratio(precision)),
    element('td', { class: 'number', title: certainty(recall, support) }, ratio(recall)),
    element('td', { class: 'number' }, bar, ratio(f1)),
    element('td', { class: 'number' }, String(support)),
  );
}

/** How much a recall means that was counted on so many pictures. */
function certainty(recall: number | undefined, support: number): string {
  if (recall === undefined) return '';
  return t('{0} with 95% confidence', intervalText(wilsonInterval(recall, support)));
}
