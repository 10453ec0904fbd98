import type { PlottedRun } from '../../protocol/pageMessages';
import type { TrainingRun } from './trainingRun';

/** A run as pages are told of it. */
export function plottedRun({ folder, name, status, time, events, latest }: TrainingRun): PlottedRun {
  return { folder, name, status, time, events: latest ? [...events, latest] : events };
}
