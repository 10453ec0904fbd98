import { t } from './language';
import { someOf } from './someOf';
import { wilsonInterval } from './wilsonInterval';
import type {
  RunEndedEvent,
  RunResumedEvent,
  RunStartedEvent,
  TrainingEvent,
  UnfrozenEvent,
} from './trainingEvent';

/** A training log as the PyTorch tutorial prints it, line by line; empty for events that have no line of their own. */
export class EventText {
  private epochs = 0;
  private runFolder = '';
  private testImages: number | undefined;

  lines(event: TrainingEvent): readonly string[] {
    switch (event.kind) {
      case 'note':
        return [event.message];
      case 'imageSkipped':
        return [t('Skipped {0}: {1}', event.image, event.reason)];
      case 'runStarted':
        this.epochs = event.epochs;
        this.runFolder = event.runFolder;
        this.testImages = event.test;
        return started(event);
      case 'runResumed':
        this.epochs = event.epochs;
        this.runFolder = event.runFolder;
        return resumed(event);
      case 'phaseEnded': {
        const [loss, accuracy] = [event.loss.toFixed(4), event.accuracy.toFixed(4)];
        const line =
          event.phase === 'train'
            ? t('train Loss: {0} Acc: {1}', loss, accuracy)
            : t('test Loss: {0} Acc: {1}', loss, accuracy);
        if (event.phase === 'test') return [line];
        return ['', t('Epoch {0}/{1}', event.epoch, this.epochs - 1), '-'.repeat(10), line];
      }
      case 'unfrozen':
        return ['', t('Unfrozen: trains {0} from epoch {1} on', trains(event), event.epoch)];
      case 'stoppedEarly': {
        const waited = event.epoch - event.improved;
        return [
          '',
          waited === 1
            ? t('Stopped early: the test accuracy has not improved in the last epoch')
            : t('Stopped early: the test accuracy has not improved in {0} epochs', waited),
        ];
      }
      case 'runEnded':
        return ended(event, this.runFolder, this.testImages);
      case 'progress':
      case 'batchEnded':
      case 'bestEpoch':
        return [];
    }
  }
}

/** Most classes that are named. */
const MOST_NAMED = 20;

function started(event: RunStartedEvent): readonly string[] {
  const { classes } = event;
  // Never all but one.
  const named = someOf(classes, classes.length > MOST_NAMED ? MOST_NAMED - 1 : MOST_NAMED);
  return [
    t(
      '{0} on {1} training and {2} test images of {3} classes: {4}',
      event.model,
      event.train,
      event.test,
      classes.length,
      named,
    ),
    t('Trains {0}', trains(event)),
    t('Engine: {0} ({1})', event.engine, event.engineReason),
    t('Run: {0}', event.runFolder),
  ];
}

function trains({ trainable, parameters }: Pick<UnfrozenEvent, 'trainable' | 'parameters'>): string {
  const share = (100 * trainable) / parameters;
  return t('{0} of {1} parameters ({2} %)', count(trainable), count(parameters), share.toPrecision(3));
}

function resumed({
  epoch,
  epochs,
  batch,
  engine,
  engineReason,
  runFolder,
}: RunResumedEvent): readonly string[] {
  const where =
    epoch >= epochs
      ? t('Resumed after the last epoch')
      : batch === 0
        ? t('Resumed with epoch {0}', epoch)
        : batch === 1
          ? t('Resumed in epoch {0}, after 1 batch', epoch)
          : t('Resumed in epoch {0}, after {1} batches', epoch, batch);
  return ['', where, t('Engine: {0} ({1})', engine, engineReason), t('Run: {0}', runFolder)];
}

function ended(event: RunEndedEvent, runFolder: string, testImages: number | undefined): readonly string[] {
  const time = duration(event.seconds);
  const how = {
    completed: t('Done after {0}', time),
    cancelled: t('Stopped after {0}', time),
    failed: t('Failed after {0}', time),
  }[event.status];
  const lines = ['', event.message === undefined ? how : `${how}: ${event.message}`];
  if (event.bestEpoch < 0) return [...lines, t('No epoch was finished, so there are no best weights.')];
  return [
    ...lines,
    t('Best test Acc: {0} (epoch {1})', event.bestAccuracy.toFixed(6), event.bestEpoch),
    ...(testImages === undefined ? [] : [certainty(event.bestAccuracy, testImages)]),
    t('Run folder: {0}', runFolder),
  ];
}

/** How much an accuracy means that was counted on so many images. */
function certainty(accuracy: number, images: number): string {
  const { low, high } = wilsonInterval(accuracy, images);
  const share = (value: number): string => (100 * value).toFixed(1);
  return t(
    'With {0} test images that is {1} to {2} % (95 % confidence)',
    count(images),
    share(low),
    share(high),
  );
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A time as a person says it: `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return t('{0} s', whole);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return t('{0} min {1} s', minutes, whole % 60);
  return t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
}
