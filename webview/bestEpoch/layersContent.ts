import type { BestEpochReport, LayerChange } from '../../src/protocol/pageMessages';
import { element, scrolled } from '../elements';
import { changeText, hasMoved, summaryOf } from './layersText';

/** How far training moved the layers: what is frozen has not moved at all. */
export function layersContent({ layers, freeze }: BestEpochReport): readonly HTMLElement[] {
  return layers ? changes(layers) : [element('p', { class: 'quiet' }, withoutChanges(freeze))];
}

function withoutChanges(freeze: readonly string[]): string {
  if (freeze.length === 0) return 'The recipe freezes nothing.';
  return `The recipe freezes ${freeze.join(', ')}. This run did not record how far its layers moved.`;
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
        element('th', { scope: 'col' }, 'Layer'),
        element('th', { scope: 'col' }, 'State'),
        element('th', { scope: 'col', class: 'number' }, 'Parameters'),
        element('th', { scope: 'col', class: 'number' }, 'Largest |change|'),
      ),
    ),
    element('tbody', {}, ...rows.map(row)),
  );
  return [
    element('p', { class: hasMoved(layers) ? 'error' : 'quiet' }, summaryOf(layers)),
    scrolled('Layers', table),
  ];
}

function row({ path, frozen, parameters, maxChange }: LayerChange): HTMLElement {
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, path),
    element('td', { class: 'quiet' }, frozen ? 'frozen' : 'trained'),
    element('td', { class: 'number' }, parameters.toLocaleString('en-US')),
    element('td', { class: 'number' }, changeText(maxChange)),
  );
}
