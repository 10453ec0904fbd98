import { t } from '../../protocol/language';
import { progressBar } from '../../core/progress';
import { amountText } from '../../protocol/amountText';
import { duration } from '../../protocol/eventText';
import { printableName } from '../../protocol/printable';
import { runProgress } from '../../core/run/runProgress';
import type { TrainingRun } from './trainingRun';

/** What a live run is at, in a line: `train epoch 3/24 ███░░ 60 %, 35 images/s, 3 min 5 s left`. Empty: nothing yet. */
export function progressText(run: TrainingRun): string {
  const { latest } = run;
  if (!latest) return '';
  if (latest.kind === 'progress') {
    const { done, total, unit, secondsLeft } = latest;
    const task = printableName(latest.task);
    if (total === undefined || total <= 0) return `${task}: ${amountText(done, unit)}`;
    const amounts = [amountText(done, unit), amountText(total, unit)];
    return t('{0} {1} ({2} of {3})', task, progressBar(done, total), ...amounts) + left(secondsLeft);
  }
  const { secondsLeft } = runProgress(run.events, latest);
  const epochs = run.started ? `/${run.started.epochs - 1}` : '';
  const speed = t('{0} images/s', latest.imagesPerSecond.toFixed(latest.imagesPerSecond < 10 ? 1 : 0));
  const at = `${latest.epoch}${epochs}`;
  const phase = latest.phase === 'train' ? t('train epoch {0}', at) : t('test epoch {0}', at);
  return `${phase} ${progressBar(latest.batch + 1, latest.batches)}, ${speed}${left(secondsLeft)}`;
}

function left(seconds: number | undefined): string {
  return seconds === undefined ? '' : t(', {0} left', duration(seconds));
}

/** The best test accuracy of a run so far; undefined before its first. */
export function bestAccuracy(run: TrainingRun): number | undefined {
  return run.events.findLast(event => event.kind === 'bestEpoch')?.accuracy;
}

/** The accuracies of the test phases, by epoch. */
export function testAccuracies(run: TrainingRun): readonly number[] {
  return run.events.flatMap(event =>
    event.kind === 'phaseEnded' && event.phase === 'test' ? [event.accuracy] : [],
  );
}
