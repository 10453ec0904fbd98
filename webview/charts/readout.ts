import { t } from '../../src/protocol/language';
import { runStyle, swatch } from './runStyle';
import { element } from '../elements';
import { remarksOn, type RunCurves } from './curves';
import { measureText, pointAt, type Measure } from './reading';

/** The values of an epoch, beside the line that marks it. */
export function readoutOf(
  runs: readonly RunCurves[],
  measure: Measure,
  epoch: number,
  numberOf: (folder: string) => number,
): HTMLElement {
  const rows = runs.flatMap(run => {
    const point = pointAt(run, epoch);
    if (!point) return [];
    return [
      element(
        'tr',
        {},
        element('td', {}, swatch(runStyle(numberOf(run.folder)))),
        ...(runs.length > 1 ? [element('td', { class: 'name' }, run.name)] : []),
        ...(['train', 'test'] as const).map(phase =>
          element('td', { class: 'number' }, measureText(measure, point[phase]?.[measure])),
        ),
        element('td', {}, remarksOn(run, epoch).join(', ')),
      ),
    ];
  });
  const heads = ['', ...(runs.length > 1 ? [''] : []), t('train'), t('test'), ''];
  return element(
    'div',
    {},
    element('div', { class: 'epoch' }, t('Epoch {0}', epoch)),
    element(
      'table',
      {},
      element('tr', {}, ...heads.map(text => element('td', { class: 'number' }, text))),
      ...rows,
    ),
  );
}
