import { numberText, t } from '../../src/protocol/language';
import type { BestEpochReport, LayerChange } from '../../src/protocol/pageMessages';
import { element, scrolled } from '../elements';
import { changeText, hasMoved, summaryOf } from './layersText';

/** How far training moved the layers: what is frozen has not moved at all. */
export function layersContent({ layers, freeze }: BestEpochReport): readonly HTMLElement[] {
  return layers ? changes(layers) : [element('p', { class: 'quiet' }, withoutChanges(freeze))];
}

function withoutChanges(freeze: readonly string[]): string {
  if (freeze.length === 0) return t('The recipe freezes nothing.');
  return t('The recipe freezes {0}. This run did not record how far its layers moved.', freeze.join(', '));
}

function changes(layers: readonly LayerChange[]): readonly HTMLElement[] {
  const rows = [...layers].sort((a, b) => Number(b.frozen) - Number(a.frozen));
  const table = element(
    'table',
    { class: 'layers' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, t('Layer')),
        element('th', { scope: 'col' }, t('State')),
        element('th', { scope: 'col', class: 'number' }, t('Parameters')),
        element('th', { scope: 'col', class: 'number' }, t('Largest |change|')),
      ),
    ),
    element('tbody', {}, ...rows.map(row)),
  );
  return [
    element('p', { class: hasMoved(layers) ? 'error' : 'quiet' }, summaryOf(layers)),
    scrolled(t('Layers'), table),
  ];
}

function row({ path, frozen, parameters, maxChange }: LayerChange): HTMLElement {
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, path),
    element('td', { class: 'quiet' }, frozen ? t('frozen') : t('trained')),
    element('td', { class: 'number' }, numberText(parameters)),
    element('td', { class: 'number' }, changeText(maxChange)),
  );
}
