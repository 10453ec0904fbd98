import { t } from '../../src/protocol/language';
import type {
  CorrectedLabels,
  LabelCorrection,
  Picture,
  PictureList,
  PictureQuery,
} from '../../src/protocol/pageMessages';
import { button, element, setText } from '../elements';
import { countedPictures } from '../numbers';
import { takenText } from '../report/confusionMatrix';
import { HeatMaps, type Explain } from '../report/heatMaps';
import type { Cell } from '../report/matrixGrid';
import { PagedCards } from '../report/pagedCards';
import { PictureCard } from '../report/pictureCard';
import { LabelReview } from './labelReview';

export interface GalleryOptions {
  find(query: PictureQuery): Promise<PictureList>;
  readonly explain: Explain;
  open(index: number): Promise<void>;
  /** Whether it was done. */
  correct(correction: LabelCorrection): Promise<boolean>;
  /** Takes back the last correction; the number of its picture. */
  undoCorrection(): Promise<number | undefined>;
  onShowMistakes(): void;
}

/** Pictures with what the network said of them: those of a cell of the matrix, else the most confident mistakes. */
export class Gallery {
  readonly element: HTMLElement;
  private readonly title = element('h2', { id: 'pictures', 'aria-live': 'polite' });
  private readonly back: HTMLElement;
  private readonly cards: PagedCards<Cell | undefined, Picture>;
  private readonly labels: LabelReview;
  private shown: readonly PictureCard[] = [];

  constructor(
    private readonly classes: readonly string[],
    labels: CorrectedLabels,
    private readonly options: GalleryOptions,
  ) {
    const heatMaps = new HeatMaps(options.explain);
    this.labels = new LabelReview(labels, options);
    this.back = button(t('All Mistakes'), () => options.onShowMistakes());
    this.cards = new PagedCards<Cell | undefined, Picture>({
      find: (cell, from) => options.find({ ...(cell ? { cell } : {}), from }),
      card: picture => this.labels.card(this.card(picture)),
      onShow: (cell, total) => {
        setText(this.title, this.titleOf(cell, total));
        this.back.hidden = cell === undefined;
      },
      onCards: () => {
        this.shown = this.shown.filter(card => card.element.isConnected);
        heatMaps.show(this.shown);
        this.labels.show();
      },
    });
    this.element = element(
      'section',
      { class: 'gallery', 'aria-labelledby': 'pictures' },
      element('div', { class: 'row' }, this.title, this.back),
      heatMaps.element,
      this.labels.element,
      this.cards.element,
    );
  }

  /** Whether labels are being corrected. */
  get isReviewing(): boolean {
    return this.labels.isOn;
  }

  set isReviewing(on: boolean) {
    this.labels.isOn = on;
  }

  correctLabels(labels: CorrectedLabels): void {
    this.labels.update(labels);
  }

  /** Shows the pictures of a cell; without one, the mistakes. */
  show(cell: Cell | undefined): Promise<void> {
    return this.cards.show(cell);
  }

  /** Shows the first of the mistakes. */
  fill(mistakes: PictureList): void {
    this.cards.fill(undefined, mistakes);
  }

  private card(picture: Picture): PictureCard {
    const { classes, options } = this;
    const made = new PictureCard(picture, classes, () => this.cards.attempt(options.open(picture.index)));
    this.shown = [...this.shown, made];
    return made;
  }

  private titleOf(cell: Cell | undefined, total: number): string {
    if (!cell) return total === 0 ? t('No mistakes') : t('Most confident mistakes, {0} in all', total);
    const { label, predicted } = cell;
    const other = label === predicted ? undefined : this.classes[predicted];
    return takenText(countedPictures(total), this.classes[label]!, other);
  }
}
