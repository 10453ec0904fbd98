import type { RunOutput, RunReference } from '../../protocol/notebookOutput';
import { runFiles } from '../run/runFolder';

/** Of a cell's ended runs the one with the best accuracy; undefined where none has a best epoch. */
export function bestRun({ runs }: RunOutput): RunReference | undefined {
  let best: RunReference | undefined;
  for (const run of runs) {
    if (!run.summary || run.summary.bestEpoch < 0) continue;
    if (!best || run.summary.bestAccuracy > best.summary!.bestAccuracy) best = run;
  }
  return best;
}

/** The best weights that an output knows, relative to the notebook's folder; undefined where it knows none. */
export function bestWeightsOf(output: RunOutput | undefined): string | undefined {
  const run = output && bestRun(output);
  return run && `${run.folder}/${runFiles.bestWeights}`;
}
