import type { ComparedRun } from '../../src/protocol/comparisonMessages';
import { t } from '../../src/protocol/language';
import { intervalDrawings } from '../charts/intervalDrawings';
import { runStyle, swatch } from '../charts/runStyle';
import { element, scrolled } from '../elements';

/** The figures of the best epochs, a row for each run, with the intervals of their accuracies drawn on one scale. */
export function bestTable(runs: readonly ComparedRun[], numberOf: (folder: string) => number): HTMLElement {
  const draw = intervalDrawings(runs.flatMap(({ best }) => best ?? []));
  const names = runs.find(({ best }) => best)?.best?.numbers.map(({ name }) => name) ?? [];
  const heads = names.map(name => element('th', { scope: 'col', class: 'number' }, name));
  const rows = runs.map(({ folder, name, best, problem }) => {
    const look = runStyle(numberOf(folder));
    const head = element(
      'th',
      { scope: 'row', title: folder },
      swatch(look),
      ' ',
      element('span', { class: 'name' }, name),
    );
    const cells = best
      ? [
          element('td', { class: look.colourClass }, draw(best)),
          ...best.numbers.map(({ text }) => element('td', { class: 'number' }, text)),
        ]
      : [element('td', { colspan: names.length + 1 }, element('p', { class: 'problem' }, problem ?? ''))];
    return element('tr', {}, head, ...cells);
  });
  return scrolled(
    t('Figures of the best epochs'),
    element(
      'table',
      { class: 'best-epochs' },
      element(
        'thead',
        {},
        element('tr', {}, element('th', { scope: 'col' }, t('Run')), element('td'), ...heads),
      ),
      element('tbody', {}, ...rows),
    ),
  );
}
