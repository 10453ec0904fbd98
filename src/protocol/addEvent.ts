import type { TrainingEvent } from './trainingEvent';

/** Adds an event to those of a run, in order. What a resumed run tells again is taken out. */
export function addEvent(events: TrainingEvent[], event: TrainingEvent): void {
  if (event.kind === 'runResumed') {
    const kept = events.filter(earlier => counts(earlier, event.epoch));
    events.splice(0, events.length, ...kept);
  }
  events.push(event);
}

/** Whether an event still counts when its run is resumed in an epoch. */
function counts(event: TrainingEvent, epoch: number): boolean {
  switch (event.kind) {
    case 'batchEnded':
    case 'phaseEnded':
    case 'unfrozen':
    case 'bestEpoch':
    case 'stoppedEarly':
      return event.epoch < epoch;
    case 'runEnded':
      return false;
    default:
      return true;
  }
}
