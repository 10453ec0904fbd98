import type { BestEpochReport, LayerChange } from '../../src/protocol/pageMessages';
import { element } from '../elements';
import { counted } from '../numbers';

/** How far training moved the layers: what is frozen has not moved at all. */
export function layersSection({ layers, freeze }: BestEpochReport): HTMLElement {
  return element(
    'section',
    { 'aria-labelledby': 'layers' },
    element('h2', { id: 'layers' }, 'Frozen layers'),
    ...(layers ? changes(layers) : [element('p', { class: 'quiet' }, withoutChanges(freeze))]),
  );
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
        element('th', { scope: 'col' }, ''),
        element('th', { scope: 'col', class: 'number' }, 'Parameters'),
        element('th', { scope: 'col', class: 'number' }, 'Largest |change|'),
      ),
    ),
    element('tbody', {}, ...rows.map(row)),
  );
  return [
    element('p', { class: hasMoved(layers) ? 'error' : 'quiet' }, summaryOf(layers)),
    element('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': 'Layers' }, table),
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

/** `0` for no change at all; two significant digits otherwise. */
export function changeText(change: number): string {
  return change === 0 ? '0' : change.toPrecision(2);
}

/** What became of the frozen layers, in a sentence. */
export function summaryOf(layers: readonly LayerChange[]): string {
  const frozen = layers.filter(layer => layer.frozen);
  if (frozen.length === 0) return 'Nothing was frozen: every layer trained.';
  const parameters = frozen.reduce((sum, layer) => sum + layer.parameters, 0);
  const largest = Math.max(...frozen.map(({ maxChange }) => maxChange));
  const what = `${counted(frozen.length, 'layer')} with ${counted(parameters, 'parameter')}`;
  return hasMoved(layers)
    ? `${what} should not have moved, but did, by up to ${changeText(largest)}.`
    : `${what} did not move: the largest change of any number is 0.`;
}

function hasMoved(layers: readonly LayerChange[]): boolean {
  return layers.some(({ frozen, maxChange }) => frozen && maxChange !== 0);
}
