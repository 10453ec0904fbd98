import type { CellReport } from '../../src/protocol/notebookOutput';
import { element } from '../elements';
import { confusionMatrix } from '../report/confusionMatrix';
import { MatrixGrid } from '../report/matrixGrid';
import { pictureCard } from '../report/pictureCard';

/** More classes are a list of what is confused most: a cell is no page. */
const MOST_CLASSES = 12;
const MOST_LISTED = 10;

/** The best epoch in small: its confusion matrix and its most confident mistakes. */
export function bestEpochPart(
  { metrics, mistakes }: CellReport,
  title: string,
  onOpenPicture: (index: number) => void,
): readonly HTMLElement[] {
  const names = metrics.classes.map(({ name }) => name);
  const matrix = new MatrixGrid(confusionMatrix(metrics, MOST_LISTED), { mostClasses: MOST_CLASSES });
  const cards = mistakes.map(picture =>
    element(
      'li',
      {},
      pictureCard(picture, names, () => onOpenPicture(picture.index)),
    ),
  );
  return [
    part(`Confusion matrix${title}`, matrix.element),
    part(
      `Most confident mistakes${title}`,
      cards.length > 0
        ? element('ul', { class: 'cards' }, ...cards)
        : element('p', { class: 'quiet' }, 'No picture of the test phase was taken for another class.'),
    ),
  ];
}

function part(title: string, content: HTMLElement): HTMLElement {
  return element(
    'section',
    { 'aria-label': title },
    element('div', { class: 'part-title', 'aria-hidden': 'true' }, title),
    content,
  );
}
