import type { Picture } from '../../src/protocol/pageMessages';
import { percent } from '../../src/protocol/numberText';
import { element } from '../elements';

/** A picture with what it is and what it was taken for; a click opens it, where it is still there. */
export function pictureCard(
  { image, source, label, predicted, probabilities }: Picture,
  classes: readonly string[],
  onOpen: () => void,
): HTMLElement {
  const said = (what: 'is' | 'taken for', of: number): HTMLElement =>
    line(what, classes[of]!, percent(probabilities[of]), probabilities[of]!);
  const card = element(
    'button',
    { class: 'card', type: 'button', title: image, disabled: source === undefined },
    thumbnail(image, source),
    ...(label === predicted ? [] : [said('taken for', predicted)]),
    said('is', label),
    element('span', { class: 'file' }, image.split('/').at(-1)!),
  );
  card.addEventListener('click', onOpen);
  return card;
}

function thumbnail(image: string, source: string | undefined): HTMLElement {
  if (source === undefined) return element('span', { class: 'thumbnail missing' }, 'Picture not found');
  const picture = element('img', { class: 'thumbnail', alt: image, loading: 'lazy', decoding: 'async' });
  picture.addEventListener('error', () =>
    picture.replaceWith(element('span', { class: 'thumbnail missing' }, 'No preview of this file')),
  );
  picture.src = source;
  return picture;
}

function line(what: string, name: string, chance: string, probability: number): HTMLElement {
  const bar = element('span', { class: `bar ${what === 'is' ? 'right' : 'wrong'}`, 'aria-hidden': 'true' });
  bar.style.setProperty('--share', String(probability));
  return element(
    'span',
    { class: 'line' },
    element('span', { class: 'what' }, what),
    ' ',
    element('span', { class: 'name' }, name),
    ' ',
    element('span', { class: 'chance' }, chance),
    bar,
  );
}
