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
        return [`Skipped ${event.image}: ${event.reason}`];
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
        const line = `${event.phase} Loss: ${event.loss.toFixed(4)} Acc: ${event.accuracy.toFixed(4)}`;
        if (event.phase === 'test') return [line];
        return ['', `Epoch ${event.epoch}/${this.epochs - 1}`, '-'.repeat(10), line];
      }
      case 'unfrozen':
        return ['', `Unfrozen: trains ${trains(event)} from epoch ${event.epoch} on`];
      case 'stoppedEarly': {
        const waited = event.epoch - event.improved;
        const epochs = waited === 1 ? 'in the last epoch' : `in ${waited} epochs`;
        return ['', `Stopped early: the test accuracy has not improved ${epochs}`];
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
    `${event.model} on ${event.train} training and ${event.test} test images of ${classes.length} classes: ${named}`,
    `Trains ${trains(event)}`,
    `Engine: ${event.engine} (${event.engineReason})`,
    `Run: ${event.runFolder}`,
  ];
}

function trains({ trainable, parameters }: Pick<UnfrozenEvent, 'trainable' | 'parameters'>): string {
  const share = (100 * trainable) / parameters;
  return `${count(trainable)} of ${count(parameters)} parameters (${share.toPrecision(3)} %)`;
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
      ? 'after the last epoch'
      : batch === 0
        ? `with epoch ${epoch}`
        : `in epoch ${epoch}, after ${batch} ${batch === 1 ? 'batch' : 'batches'}`;
  return ['', `Resumed ${where}`, `Engine: ${engine} (${engineReason})`, `Run: ${runFolder}`];
}

function ended(event: RunEndedEvent, runFolder: string, testImages: number | undefined): readonly string[] {
  const time = `after ${duration(event.seconds)}`;
  const how = { completed: `Done ${time}`, cancelled: `Stopped ${time}`, failed: `Failed ${time}` }[
    event.status
  ];
  const lines = ['', event.message === undefined ? how : `${how}: ${event.message}`];
  if (event.bestEpoch < 0) return [...lines, 'No epoch was finished, so there are no best weights.'];
  return [
    ...lines,
    `Best test Acc: ${event.bestAccuracy.toFixed(6)} (epoch ${event.bestEpoch})`,
    ...(testImages === undefined ? [] : [certainty(event.bestAccuracy, testImages)]),
    `Run folder: ${runFolder}`,
  ];
}

/** How much an accuracy means that was counted on so many images. */
function certainty(accuracy: number, images: number): string {
  const { low, high } = wilsonInterval(accuracy, images);
  const share = (value: number): string => (100 * value).toFixed(1);
  return `With ${count(images)} test images that is ${share(low)} to ${share(high)} % (95 % confidence)`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A time as a person says it: `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
