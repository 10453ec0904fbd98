import { t } from '../../src/protocol/language';
import type { LayerChange } from '../../src/protocol/pageMessages';
import { counted } from '../numbers';

/** `0` for no change at all; two significant digits otherwise. */
export function changeText(change: number): string {
  return change === 0 ? '0' : change.toPrecision(2);
}

/** What became of the frozen layers, in a sentence. */
export function summaryOf(layers: readonly LayerChange[]): string {
  const frozen = layers.filter(layer => layer.frozen);
  if (frozen.length === 0) return t('Nothing was frozen: every layer trained.');
  const parameters = frozen.reduce((sum, layer) => sum + layer.parameters, 0);
  const largest = Math.max(...frozen.map(({ maxChange }) => maxChange));
  const what = t(
    '{0} with {1}',
    counted(frozen.length, t('{0} layer'), t('{0} layers')),
    counted(parameters, t('{0} parameter'), t('{0} parameters')),
  );
  return hasMoved(layers)
    ? t('{0} should not have moved, but did, by up to {1}.', what, changeText(largest))
    : t('{0} did not move: the largest change of any number is 0.', what);
}

/** Whether a frozen layer has moved, which it never should. */
export function hasMoved(layers: readonly LayerChange[]): boolean {
  return layers.some(({ frozen, maxChange }) => frozen && maxChange !== 0);
}
