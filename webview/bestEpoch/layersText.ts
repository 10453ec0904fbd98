import type { LayerChange } from '../../src/protocol/pageMessages';
import { counted } from '../numbers';

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

/** Whether a frozen layer has moved, which it never should. */
export function hasMoved(layers: readonly LayerChange[]): boolean {
  return layers.some(({ frozen, maxChange }) => frozen && maxChange !== 0);
}
