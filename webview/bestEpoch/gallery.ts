import type { Picture, PictureList, PictureQuery } from '../../src/protocol/pageMessages';
import { button, element, setText } from '../elements';
import { counted } from '../numbers';
import type { Cell } from '../report/confusionMatrix';
import { pictureCard } from '../report/pictureCard';

export interface GalleryOptions {
  find(query: PictureQuery): Promise<PictureList>;
  open(index: number): Promise<void>;
  onShowMistakes(): void;
}

/** Pictures with what the network said of them: those of a cell of the matrix, else the most confident mistakes. */
export class Gallery {
  readonly element: HTMLElement;
  private readonly title = element('h2', { id: 'pictures', 'aria-live': 'polite' });
  private readonly cards = element('ul', { class: 'cards' });
  private readonly error = element('p', { class: 'error', role: 'alert', hidden: true });
  private readonly back: HTMLElement;
  private readonly more: HTMLElement;
  private cell: Cell | undefined;

  constructor(
    private readonly classes: readonly string[],
    private readonly options: GalleryOptions,
  ) {
    this.back = button('All Mistakes', () => options.onShowMistakes());
    this.more = button('Show More', () => void this.load(this.cell, this.cards.childElementCount));
    this.element = element(
      'section',
      { class: 'gallery', 'aria-labelledby': 'pictures' },
      element('div', { class: 'row' }, this.title, this.back),
      this.error,
      this.cards,
      this.more,
    );
  }

  /** Shows the pictures of a cell; without one, the mistakes. */
  show(cell: Cell | undefined): Promise<void> {
    return this.load(cell, 0);
  }

  /** Shows the first of the mistakes. */
  fill(mistakes: PictureList): void {
    this.cell = undefined;
    this.put(mistakes, 0);
  }

  private async load(cell: Cell | undefined, from: number): Promise<void> {
    this.cell = cell;
    try {
      const list = await this.options.find({ ...(cell ? { cell } : {}), from });
      if (this.cell === cell) this.put(list, from);
    } catch (error) {
      this.fail(error);
    }
  }

  private put({ pictures, total }: PictureList, from: number): void {
    this.error.hidden = true;
    setText(this.title, this.titleOf(total));
    this.back.hidden = this.cell === undefined;
    if (from === 0) this.cards.replaceChildren();
    this.cards.append(...pictures.map(picture => element('li', {}, this.card(picture))));
    this.more.hidden = this.cards.childElementCount >= total;
  }

  private titleOf(total: number): string {
    if (!this.cell) return total === 0 ? 'No mistakes' : `Most confident mistakes, ${total} in all`;
    const { label, predicted } = this.cell;
    const taken = label === predicted ? 'recognized' : `taken for ${this.classes[predicted]}`;
    return `${counted(total, 'picture')} of ${this.classes[label]} ${taken}`;
  }

  private card(picture: Picture): HTMLElement {
    return pictureCard(picture, this.classes, () => {
      void this.options.open(picture.index).catch(error => this.fail(error));
    });
  }

  private fail(error: unknown): void {
    setText(this.error, error instanceof Error ? error.message : String(error));
    this.error.hidden = false;
  }
}
