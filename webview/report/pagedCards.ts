import { t } from '../../src/protocol/language';
import { button, element } from '../elements';
import { ErrorLine } from '../errorLine';

/** Some of a list of pictures, and how many there are. */
interface Part<Picture> {
  readonly pictures: readonly Picture[];
  readonly total: number;
}

export interface PagedCardsOptions<Query, Picture> {
  /** The pictures that a query asks for, from a place in their list. */
  find(query: Query, from: number): Promise<Part<Picture>>;
  card(picture: Picture): HTMLElement;
  /** What is shown is what this query asked for. */
  onShow(query: Query, total: number): void;
  /** The cards are there. */
  onCards?(): void;
}

/** Cards of pictures that come in parts, the next one when a person asks for more. */
export class PagedCards<Query, Picture> {
  readonly element: HTMLElement;
  private readonly cards = element('ul', { class: 'cards' });
  private readonly error = new ErrorLine();
  private readonly more: HTMLElement;
  private query: Query | undefined;

  constructor(private readonly options: PagedCardsOptions<Query, Picture>) {
    this.more = button(
      t('Show More'),
      () => void this.load(this.query as Query, this.cards.childElementCount),
    );
    this.element = element('div', {}, this.error.element, this.cards, this.more);
  }

  /** Asks for the pictures of a query and shows the first of them. */
  show(query: Query): Promise<void> {
    return this.load(query, 0);
  }

  /** Shows the first pictures of a query, which are known already. */
  fill(query: Query, part: Part<Picture>): void {
    this.query = query;
    this.put(part, 0);
  }

  /** Says what went wrong, where something does. */
  attempt(work: Promise<unknown>): void {
    work.catch(error => this.error.show(error));
  }

  private async load(query: Query, from: number): Promise<void> {
    this.query = query;
    try {
      const part = await this.options.find(query, from);
      if (this.query === query) this.put(part, from);
    } catch (error) {
      this.error.show(error);
    }
  }

  private put({ pictures, total }: Part<Picture>, from: number): void {
    this.error.clear();
    this.options.onShow(this.query as Query, total);
    if (from === 0) this.cards.replaceChildren();
    this.cards.append(...pictures.map(picture => element('li', {}, this.options.card(picture))));
    this.more.hidden = this.cards.childElementCount >= total;
    this.options.onCards?.();
  }
}
