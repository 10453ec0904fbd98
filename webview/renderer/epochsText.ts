import { t } from '../../src/protocol/language';
import type { ShownRun } from './cellModel';

/** Epochs that a run has trained, of those planned where that is more. */
export function epochsText({ curves, source }: ShownRun): string {
  if (!curves || curves.epochs === 0) return '–';
  const { points, epochs } = curves;
  // An output alone says how many were trained.
  if (points.length === 0 && source !== 'extension') return String(epochs);
  const done = points.filter(({ test }) => test).length;
  return done === epochs ? String(done) : t('{0} of {1}', done, epochs);
}
