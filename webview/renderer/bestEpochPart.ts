import { t } from '../../src/protocol/language';
import type { CellReport } from '../../src/protocol/notebookOutput';
import { element } from '../elements';
import { confusionMatrix } from '../report/confusionMatrix';
import { HeatMaps, type Explain } from '../report/heatMaps';
import { MatrixGrid } from '../report/matrixGrid';
import { PictureCard } from '../report/pictureCard';

/** More classes are a list of what is confused most: a cell is no page. */
const MOST_CLASSES = 12;
const MOST_LISTED = 10;

/** The best epoch in small: its confusion matrix and its most confident mistakes. */
export function bestEpochPart(
  { metrics, mistakes }: CellReport,
  ofRun: string | undefined,
  { onOpen, explain }: { readonly onOpen: (index: number) => void; readonly explain: Explain },
): readonly HTMLElement[] {
  const names = metrics.classes.map(({ name }) => name);
  const matrix = new MatrixGrid(confusionMatrix(metrics, MOST_LISTED), { mostClasses: MOST_CLASSES });
  const cards = mistakes.map(picture => new PictureCard(picture, names, () => onOpen(picture.index)));
  const heatMaps = new HeatMaps(explain);
  heatMaps.show(cards);
  return [
    part(ofRun === undefined ? t('Confusion matrix') : t('Confusion matrix of {0}', ofRun), matrix.element),
    part(
      ofRun === undefined ? t('Most confident mistakes') : t('Most confident mistakes of {0}', ofRun),
      ...(cards.length > 0
        ? [
            heatMaps.element,
            element('ul', { class: 'cards' }, ...cards.map(card => element('li', {}, card.element))),
          ]
        : [element('p', { class: 'quiet' }, t('No picture of the test phase was taken for another class.'))]),
    ),
  ];
}

function part(title: string, ...content: readonly HTMLElement[]): HTMLElement {
  return element(
    'section',
    { 'aria-label': title },
    element('div', { class: 'part-title', 'aria-hidden': 'true' }, title),
    ...content,
  );
}
