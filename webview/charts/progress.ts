import { duration } from '../../src/protocol/eventText';
import { numberText, t } from '../../src/protocol/language';
import type { ProgressEvent } from '../../src/protocol/trainingEvent';
import type { RunCurves } from './curves';
import { phaseWord } from './phaseWord';

/** How far a run is: a line of text, and the share that is done where that is known. */
export interface RunProgress {
  readonly text: string;
  /** Between 0 and 1; undefined while it is not known. */
  readonly share: number | undefined;
}

/** Epochs that say how long one takes. */
const RECENT_EPOCHS = 3;

export function progressOf(run: RunCurves): RunProgress {
  if (run.isStopping) return { text: t('Stopping'), share: undefined };
  switch (run.status) {
    case 'queued':
      return { text: t('Waiting for another run to end'), share: undefined };
    case 'preparing':
      return run.work ? workProgress(run.work) : { text: t('Preparing'), share: undefined };
    case 'running':
      return run.work ? workProgress(run.work) : epochProgress(run);
    case 'completed':
      return { text: ended(t('Completed'), run), share: 1 };
    case 'cancelled':
      return { text: ended(t('Stopped'), run), share: 1 };
    case 'failed':
      return { text: ended(t('Failed'), run), share: 1 };
    case 'crashed':
      return { text: run.message ?? t('The training process ended unexpectedly'), share: 1 };
  }
}

function workProgress({ task, done, total, unit, secondsLeft: left }: ProgressEvent): RunProgress {
  if (total === undefined) return { text: `${task}: ${amount(done, unit)}`, share: undefined };
  const texts = [t('{0}: {1} of {2}', task, amount(done, unit), amount(total, unit))];
  if (left !== undefined) texts.push(t('about {0} left', duration(left)));
  return {
    text: texts.join(' · '),
    share: total === 0 ? 1 : done / total,
  };
}

function amount(value: number, unit: ProgressEvent['unit']): string {
  return unit === 'bytes' ? `${(value / 1e6).toFixed(1)} MB` : numberText(value);
}

function epochProgress(run: RunCurves): RunProgress {
  const { batch, epochs, points } = run;
  const done = points.filter(({ test }) => test).length;
  const epoch = Math.min(batch?.epoch ?? done, epochs - 1);
  const texts = [t('Epoch {0}/{1}', epoch, epochs - 1)];
  if (batch) {
    texts.push(phaseWord(batch.phase), t('batch {0} of {1}', batch.batch + 1, batch.batches));
    texts.push(t('{0} images/s', batch.imagesPerSecond.toPrecision(3)));
  }
  const seconds = secondsLeft(run);
  if (seconds !== undefined) texts.push(t('about {0} left', duration(seconds)));
  return { text: texts.join(' · '), share: epochs === 0 ? undefined : (done + shareOfEpoch(run)) / epochs };
}

/** Seconds a run still needs, by its latest epochs; undefined before the first has ended. */
export function secondsLeft(run: RunCurves): number | undefined {
  const whole = run.points.filter(({ train, test }) => train && test);
  const recent = whole.slice(-RECENT_EPOCHS);
  if (recent.length === 0) return undefined;
  const epoch =
    recent.reduce((sum, { train, test }) => sum + train!.seconds + test!.seconds, 0) / recent.length;
  return Math.max(0, epoch * (run.epochs - whole.length - shareOfEpoch(run)));
}

/** How much of the epoch in hand is done, by the time its phases took in the latest epoch. */
function shareOfEpoch({ batch, points }: RunCurves): number {
  const current = points.at(-1);
  const last = points.findLast(({ train, test }) => train && test);
  // Without a finished epoch: what a test phase of a fifth of the pictures, without gradients, takes.
  const train = last ? last.train!.seconds / (last.train!.seconds + last.test!.seconds || 1) : 0.9;
  if (batch) {
    const phase = (batch.batch + 1) / batch.batches;
    return batch.phase === 'train' ? train * phase : train + (1 - train) * phase;
  }
  return current?.train && !current.test ? train : 0;
}

function ended(how: string, { seconds, message }: RunCurves): string {
  const text = seconds === undefined ? how : t('{0} after {1}', how, duration(seconds));
  return message === undefined ? text : `${text}: ${message}`;
}
