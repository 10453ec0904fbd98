import { printableName } from '../../protocol/printable';
import type { PhaseEndedEvent, RunEndedEvent, RunStartedEvent } from '../../protocol/trainingEvent';
import { readBestEpoch, type BestEpochOfRun } from '../run/bestEpoch';

/** What a report tells of a run; all of it is in the run folder. */
export interface ReportedRun {
  readonly name: string;
  readonly best: BestEpochOfRun;
  /** The ends of phases, in order. */
  readonly phases: readonly PhaseEndedEvent[];
  /** Undefined where the events are gone, or the run has not ended. */
  readonly started: RunStartedEvent | undefined;
  readonly ended: RunEndedEvent | undefined;
}

/** Reads a run that has a best epoch. A UserError says what is missing or damaged. */
export async function readReportedRun(folder: string): Promise<ReportedRun> {
  const best = await readBestEpoch(folder);
  const { events } = best;
  return {
    name: printableName(best.name),
    best,
    phases: events.filter(event => event.kind === 'phaseEnded'),
    started: events.find(event => event.kind === 'runStarted'),
    ended: events.findLast(event => event.kind === 'runEnded'),
  };
}
