import { heatText } from '../../src/protocol/heatPlace';
import { t } from '../../src/protocol/language';
import type { Picture } from '../../src/protocol/pageMessages';
import { percent } from '../../src/protocol/numberText';
import type { HeatPicture } from '../../src/protocol/taskMessages';
import { element, setText } from '../elements';

/** What is said of a picture: that it is of a class, or is taken for one, and how probable that is, if that is known. */
export interface CardLine {
  readonly what: string;
  readonly name: string;
  readonly probability?: number | undefined;
  readonly isRight: boolean;
}

/** A picture with what it is and what it was taken for; a click opens it, where it is still there. */
export class PictureCard {
  readonly element: HTMLElement;
  private readonly shown: HTMLElement;
  private readonly heat = element('span', { class: 'heat', hidden: true });

  constructor(
    readonly picture: Picture,
    private readonly classes: readonly string[],
    onOpen: () => void,
  ) {
    const { image, source, label, predicted, probabilities } = picture;
    const said = (what: string, of: number): CardLine => ({
      ...{ what, name: classes[of]!, probability: probabilities[of]!, isRight: of === label },
    });
    const lines = [...(label === predicted ? [] : [said(t('taken for'), predicted)]), said(t('is'), label)];
    this.shown = element('span', { class: 'shown' }, thumbnail(image, source));
    this.element = linedCard(picture, lines, onOpen, [this.shown, this.heat]);
  }

  /** Shows the picture as the model saw it, with what spoke for a class; without `heat` as it is. */
  showHeat(heat: HeatPicture | undefined, classIndex: number): void {
    const { image, source } = this.picture;
    this.heat.hidden = !heat;
    if (!heat) {
      this.shown.replaceChildren(thumbnail(image, source));
      return;
    }
    const map = element('img', {
      class: 'thumbnail square',
      alt: t('{0}, heat map', image),
      decoding: 'async',
    });
    map.src = `data:image/jpeg;base64,${heat.jpeg}`;
    this.shown.replaceChildren(map);
    setText(this.heat, heatText(heat.place, this.classes[classIndex]!));
  }
}

/** A picture with lines below it. */
export function linedCard(
  { image, source }: Pick<Picture, 'image' | 'source'>,
  lines: readonly CardLine[],
  onOpen: () => void,
  above: readonly HTMLElement[] = [thumbnail(image, source)],
): HTMLElement {
  const card = element(
    'button',
    { class: 'card', type: 'button', title: image, disabled: source === undefined },
    ...above,
    ...lines.map(line),
    element('span', { class: 'file' }, image.split('/').at(-1)!),
  );
  card.addEventListener('click', onOpen);
  return card;
}

function thumbnail(image: string, source: string | undefined): HTMLElement {
  if (source === undefined) return element('span', { class: 'thumbnail missing' }, t('Picture not found'));
  const picture = element('img', { class: 'thumbnail', alt: image, loading: 'lazy', decoding: 'async' });
  picture.addEventListener('error', () =>
    picture.replaceWith(element('span', { class: 'thumbnail missing' }, t('No preview of this file'))),
  );
  picture.src = source;
  return picture;
}

function line({ what, name, probability, isRight }: CardLine): HTMLElement {
  const made = element(
    'span',
    { class: 'line' },
    element('span', { class: 'what' }, what),
    ' ',
    element('span', { class: 'name' }, name),
  );
  if (probability === undefined) return made;
  const bar = element('span', { class: `bar ${isRight ? 'right' : 'wrong'}`, 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(probability));
  made.append(' ', element('span', { class: 'chance' }, percent(probability)), bar);
  return made;
}
