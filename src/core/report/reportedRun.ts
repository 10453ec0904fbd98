import { basename, join } from 'node:path';
import { printableName } from '../../protocol/printable';
import type {
  PhaseEndedEvent,
  RunEndedEvent,
  RunStartedEvent,
  TrainingEvent,
} from '../../protocol/trainingEvent';
import { readBestEpoch, type BestEpochOfRun } from '../run/bestEpoch';
import { readEvents } from '../run/eventLog';
import { runFiles } from '../run/runFolder';

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
  const events = await readEvents(join(folder, runFiles.events)).catch((): readonly TrainingEvent[] => []);
  return {
    // A recipe that somebody edited may hold anything.
    name: printableName(String(best.settings.recipe.name ?? basename(folder))),
    best,
    phases: events.filter(event => event.kind === 'phaseEnded'),
    started: events.find(event => event.kind === 'runStarted'),
    ended: events.findLast(event => event.kind === 'runEnded'),
  };
}
