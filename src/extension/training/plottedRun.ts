import type { PlottedRun } from '../../protocol/pageMessages';
import type { TrainingRun } from './trainingRun';

/** A run as pages are told of it. */
export function plottedRun(run: TrainingRun): PlottedRun {
  const { folder, name, status, isStopping, time, events, latest } = run;
  return { folder, name, status, isStopping, time, events: latest ? [...events, latest] : events };
}
