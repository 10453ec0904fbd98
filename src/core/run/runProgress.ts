import type { BatchEndedEvent, TrainingEvent } from '../../protocol/trainingEvent';

/** Where a run is, between its start and its end. */
export interface RunProgress {
  /** Share of all its batches that are done, in [0, 1]. */
  readonly fraction: number;
  /** Undefined until it can be told. */
  readonly secondsLeft: number | undefined;
}

/** How far a run has come, and how long it may still take: as long for each epoch as for the last whole one. */
export function runProgress(
  events: readonly TrainingEvent[],
  batch: BatchEndedEvent | undefined,
): RunProgress {
  const started = events.findLast(event => event.kind === 'runStarted');
  if (!started || started.epochs < 1) return { fraction: 0, secondsLeft: undefined };
  const phases = events.filter(event => event.kind === 'phaseEnded');
  const last = phases.at(-1);
  const images = started.train + started.test;

  const at =
    batch && isAfter(batch, last)
      ? { ...batch, share: (batch.batch + 1) / batch.batches }
      : last && { ...last, share: 1 };
  if (!at) return { fraction: 0, secondsLeft: undefined };
  const seen = at.phase === 'train' ? at.share * started.train : started.train + at.share * started.test;
  const epochsDone = at.epoch + seen / images;

  const secondsOf = (epoch: number): number | undefined => {
    const both = phases.filter(phase => phase.epoch === epoch);
    return both.length < 2 ? undefined : both.reduce((sum, { seconds }) => sum + seconds, 0);
  };
  const speed = batch?.imagesPerSecond ?? 0;
  const epochSeconds =
    secondsOf(at.epoch) ?? secondsOf(at.epoch - 1) ?? (speed > 0 ? images / speed : undefined);
  return {
    fraction: Math.min(1, epochsDone / started.epochs),
    secondsLeft: epochSeconds && Math.max(0, (started.epochs - epochsDone) * epochSeconds),
  };
}

/** The passing event is read from another file than the lasting ones, so it may be the older one. */
function isAfter(
  batch: BatchEndedEvent,
  phase: { readonly epoch: number; readonly phase: string } | undefined,
): boolean {
  if (!phase) return true;
  const order = (at: { readonly epoch: number; readonly phase: string }): number =>
    2 * at.epoch + (at.phase === 'test' ? 1 : 0);
  return order(batch) > order(phase);
}
