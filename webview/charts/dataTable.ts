import { t } from '../../src/protocol/language';
import { element } from '../elements';
import { lossText } from '../numbers';
import { remarksOn, type RunCurves } from './curves';

/** The numbers behind the charts: a table per run, an epoch per row. */
export function dataTables(runs: readonly RunCurves[]): readonly HTMLElement[] {
  const measures = [t('Train loss'), t('Train accuracy'), t('Test loss'), t('Test accuracy')];
  const columns = [t('Epoch'), t('Learning rate'), ...measures, ''];
  return runs.map(run =>
    element(
      'table',
      { class: 'data' },
      element('caption', {}, run.name),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...columns.map(text =>
            text === '' ? element('td') : element('th', { scope: 'col', class: 'number' }, text),
          ),
        ),
      ),
      element('tbody', {}, ...run.points.map(point => row(run, point))),
    ),
  );
}

function row(run: RunCurves, { epoch, lr, train, test }: RunCurves['points'][number]): HTMLElement {
  const texts = [
    lr === undefined ? '–' : String(Number(lr.toPrecision(4))),
    ...[train, test].flatMap(phase => [lossText(phase?.loss), phase?.accuracy.toFixed(4) ?? '–']),
  ];
  const isBest = epoch === run.best?.epoch;
  return element(
    'tr',
    { class: isBest ? 'best' : '' },
    element('th', { scope: 'row', class: 'number' }, String(epoch)),
    ...texts.map(text => element('td', { class: 'number' }, text)),
    element('td', {}, remarksOn(run, epoch).join(', ')),
  );
}
