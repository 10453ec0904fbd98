import { t } from '../../src/protocol/language';
import { MOST_EXPLAINED, type ExplainedPicture } from '../../src/protocol/pageMessages';
import { element, setText } from '../elements';
import { ErrorLine } from '../errorLine';
import type { PictureCard } from './pictureCard';
import { ToggleButton } from './toggleButton';

/** Undefined: the person cancelled. Pictures that are gone are left out. */
export type Explain = (indices: readonly number[]) => Promise<readonly ExplainedPicture[] | undefined>;

/** Shows on cards which parts of their pictures spoke for the predicted class, or for the true one: computed when asked for. */
export class HeatMaps {
  private readonly toggle = new ToggleButton(
    t('Heat Maps'),
    () => void this.update(),
    t('Show which parts of the pictures spoke for the class that each was taken for'),
  );
  private readonly trueClass = new ToggleButton(
    t('True Class'),
    () => this.draw(),
    t('Show what spoke for the class that each picture is'),
  );
  private readonly legend = element('span', { class: 'heat-legend', role: 'status' });
  private readonly error = new ErrorLine();
  readonly element = element(
    'div',
    { class: 'heat-maps' },
    element('div', { class: 'heat-row' }, this.toggle.element, this.trueClass.element, this.legend),
    this.error.element,
  );
  private cards: readonly PictureCard[] = [];
  private readonly known = new Map<number, ExplainedPicture>();
  /** Numbers of pictures that were there when the page got them. */
  private readonly gone = new Set<number>();
  private asking = false;

  constructor(private readonly explain: Explain) {
    this.draw();
  }

  /** Takes the cards that there are now. */
  show(cards: readonly PictureCard[]): void {
    this.cards = cards;
    this.element.hidden = !cards.some(({ picture }) => picture.source !== undefined);
    void this.update();
  }

  private async update(): Promise<void> {
    this.error.clear();
    this.draw();
    if (this.asking) return;
    this.asking = true;
    try {
      for (let next = this.missing(); next.length > 0; next = this.missing()) {
        setText(this.legend, t('Computing heat maps'));
        const found = await this.explain(next);
        if (!found) {
          this.toggle.pressed = false;
          break;
        }
        const given = new Set(found.map(({ index }) => index));
        found.forEach(explained => this.known.set(explained.index, explained));
        for (const index of next) if (!given.has(index)) this.gone.add(index);
      }
    } catch (error) {
      this.toggle.pressed = false;
      this.error.show(error);
    } finally {
      this.asking = false;
      this.draw();
    }
  }

  private missing(): readonly number[] {
    if (!this.toggle.pressed) return [];
    return this.cards
      .filter(({ picture: { source } }) => source !== undefined)
      .map(({ picture }) => picture.index)
      .filter(index => !this.known.has(index) && !this.gone.has(index))
      .slice(0, MOST_EXPLAINED);
  }

  private draw(): void {
    const on = this.toggle.pressed;
    const isTrue = this.trueClass.pressed;
    this.trueClass.element.hidden = !on;
    setText(
      this.legend,
      on ? t('Bright: what spoke most for the class. Pictures are shown as the model sees them.') : '',
    );
    for (const card of this.cards) {
      const { index, label, predicted } = card.picture;
      const explained = on ? this.known.get(index) : undefined;
      card.showHeat(isTrue ? explained?.label : explained?.predicted, isTrue ? label : predicted);
    }
  }
}
