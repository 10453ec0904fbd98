import type { RunSummary } from '../../protocol/notebookOutput';
import { describeCrash } from '../training/describeCrash';
import type { TrainingRun } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';

/** What a cell keeps of a run that has ended. */
export function runSummary(run: TrainingRun, runs: TrainingRuns): RunSummary {
  const { started, ended, events } = run;
  const best = events.findLast(event => event.kind === 'bestEpoch');
  const phases = events.filter(event => event.kind === 'phaseEnded');
  const message = ended ? ended.message : describeCrash(run, runs.endOf(run));
  return {
    status: ended?.status ?? 'crashed',
    model: started?.model ?? '',
    epochs: phases.filter(({ phase }) => phase === 'test').length,
    bestEpoch: ended?.bestEpoch ?? best?.epoch ?? -1,
    bestAccuracy: ended?.bestAccuracy ?? best?.accuracy ?? 0,
    seconds: ended?.seconds ?? phases.reduce((sum, { seconds }) => sum + seconds, 0),
    ...(message === undefined ? {} : { message }),
  };
}
