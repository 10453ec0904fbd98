import { t } from '../../src/protocol/language';
import type { PlottedRun, PlottedStatus } from '../../src/protocol/pageMessages';
import type { BatchEndedEvent, ProgressEvent, TrainingEvent } from '../../src/protocol/trainingEvent';

export interface PhasePoint {
  readonly loss: number;
  readonly accuracy: number;
  readonly seconds: number;
}

/** What is known of an epoch; the test phase follows the train phase. */
export interface EpochPoint {
  readonly epoch: number;
  readonly lr?: number;
  readonly train?: PhasePoint;
  readonly test?: PhasePoint;
}

/** A run as its curves show it. */
export interface RunCurves {
  readonly folder: string;
  readonly name: string;
  readonly time: number;
  readonly status: PlottedStatus;
  /** Live, and asked to stop. */
  readonly isStopping: boolean;
  readonly model: string;
  /** Epochs that were planned; 0 before the run starts. */
  readonly epochs: number;
  /** By epoch, ascending. */
  readonly points: readonly EpochPoint[];
  readonly best?: { readonly epoch: number; readonly accuracy: number };
  /** Epochs with which more layers begin to train, ascending. */
  readonly unfrozen?: readonly number[];
  /** The newest batch of the phase in hand. */
  readonly batch?: BatchEndedEvent | undefined;
  /** Work before the first epoch. */
  readonly work?: ProgressEvent | undefined;
  readonly seconds?: number;
  readonly message?: string;
}

/** What is special of an epoch, in words. */
export function remarksOn({ best, unfrozen }: RunCurves, epoch: number): readonly string[] {
  return [
    ...(unfrozen?.includes(epoch) ? [t('more layers train')] : []),
    ...(epoch === best?.epoch ? [t('best')] : []),
  ];
}

/** The curves of all that happened in a run. */
export function curvesOf({ events, ...run }: PlottedRun): RunCurves {
  const points: EpochPoint[] = [];
  const empty: RunCurves = { ...run, model: '', epochs: 0, points };
  const curves = events.reduce((curves, event) => next(curves, event, points), empty);
  // The status that the editor gives a run knows more than its events do: of processes that are gone.
  return { ...curves, status: run.status, isStopping: run.isStopping };
}

/** The curves with one more event. */
export function withEvent(curves: RunCurves, event: TrainingEvent): RunCurves {
  return next(curves, event, event.kind === 'phaseEnded' ? [...curves.points] : []);
}

/** `points` become those of the curves where the event changes them: there may be a hundred thousand. */
function next(curves: RunCurves, event: TrainingEvent, points: EpochPoint[]): RunCurves {
  switch (event.kind) {
    case 'runStarted': {
      const { name, model, epochs } = event;
      return { ...curves, name, model, epochs, status: 'running' };
    }
    case 'runResumed':
      return resumed(curves, event.epoch);
    case 'progress':
      return { ...curves, work: event };
    case 'batchEnded':
      return { ...curves, batch: event, work: undefined };
    case 'phaseEnded': {
      const { epoch, phase, loss, accuracy, seconds, lr } = event;
      // A resumed run trains an epoch again: what it had, and what followed, is no longer true.
      let known: EpochPoint | undefined;
      while (points.length > 0 && points.at(-1)!.epoch >= epoch) known = points.pop();
      const kept = phase === 'test' && known?.epoch === epoch ? known : { epoch };
      points.push({ ...kept, [phase]: { loss, accuracy, seconds }, ...(lr === undefined ? {} : { lr }) });
      return { ...curves, points, batch: undefined, work: undefined };
    }
    case 'bestEpoch': {
      const { epoch, accuracy } = event;
      return { ...curves, best: { epoch, accuracy } };
    }
    case 'unfrozen':
      return {
        ...curves,
        unfrozen: [...(curves.unfrozen ?? []).filter(epoch => epoch < event.epoch), event.epoch],
      };
    case 'runEnded': {
      const { status, seconds, message } = event;
      const ended = { ...curves, status, isStopping: false, seconds, batch: undefined, work: undefined };
      return message === undefined ? ended : { ...ended, message };
    }
    case 'note':
    case 'imageSkipped':
    case 'stoppedEarly':
      return curves;
  }
}

/** What was told before the epoch that a run is resumed in; the rest is told again. */
function resumed(curves: RunCurves, epoch: number): RunCurves {
  const { folder, name, time, isStopping, model, epochs } = curves;
  const points = curves.points.filter(point => point.epoch < epoch);
  let best: RunCurves['best'];
  for (const { epoch, test } of points) {
    if (test && test.accuracy > (best?.accuracy ?? -1)) best = { epoch, accuracy: test.accuracy };
  }
  const unfrozen = curves.unfrozen?.filter(earlier => earlier < epoch);
  const kept = { folder, name, time, isStopping, model, epochs, ...(unfrozen?.length && { unfrozen }) };
  return { ...kept, status: 'running', points, ...(best && { best }) };
}

export function isLive({ status }: RunCurves): boolean {
  return status === 'queued' || status === 'preparing' || status === 'running';
}

/** The last epoch the axis has to show: that planned while a run is live, then that reached. */
export function lastEpoch(curves: RunCurves): number {
  return Math.max(isLive(curves) ? curves.epochs - 1 : 0, curves.points.at(-1)?.epoch ?? 0);
}
