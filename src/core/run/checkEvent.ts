import type { TrainingEvent } from '../../protocol/trainingEvent';

type Kind = TrainingEvent['kind'];

/** Fields that a reader relies on. `counts`: whole numbers; `numbers`: finite ones; `texts`. A file may hold anything. */
interface Fields {
  readonly counts?: readonly string[];
  readonly numbers?: readonly string[];
  readonly texts?: readonly string[];
}

const FIELDS: Readonly<Record<Kind, Fields>> = {
  progress: { numbers: ['done'], texts: ['task', 'unit'] },
  note: { texts: ['message'] },
  imageSkipped: { texts: ['image', 'reason'] },
  runStarted: {
    counts: ['train', 'test', 'trainable', 'parameters', 'epochs'],
    texts: ['name', 'model', 'engine', 'engineReason', 'runFolder'],
  },
  runResumed: { counts: ['epoch', 'batch', 'epochs'], texts: ['engine', 'engineReason', 'runFolder'] },
  batchEnded: {
    counts: ['epoch', 'batch', 'batches'],
    numbers: ['loss', 'accuracy', 'imagesPerSecond'],
    texts: ['phase'],
  },
  phaseEnded: {
    counts: ['epoch', 'samples'],
    numbers: ['loss', 'accuracy', 'seconds'],
    texts: ['phase'],
  },
  unfrozen: { counts: ['epoch', 'trainable', 'parameters'] },
  bestEpoch: { counts: ['epoch'], numbers: ['accuracy'] },
  stoppedEarly: { counts: ['epoch', 'improved'] },
  runEnded: { numbers: ['bestEpoch', 'bestAccuracy', 'seconds'], texts: ['status'] },
};

/** Far beyond what float32 holds; an axis with a larger one would not be finite. */
const MAX_NUMBER = 1e50;

/** The event of a line; undefined for a line that is none. */
export function parseEvent(line: string): TrainingEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isTrainingEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value read from a file is an event, with the fields that its kind needs. */
export function isTrainingEvent(value: unknown): value is TrainingEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Readonly<Record<string, unknown>>;
  const kind = event['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) return false;
  const { counts = [], numbers = [], texts = [] } = FIELDS[kind as Kind];
  return (
    counts.every(name => isCount(event[name])) &&
    // A loss that is no number any more is null in JSON; nothing that ends well has one.
    numbers.every(name => isNumber(event[name])) &&
    texts.every(name => typeof event[name] === 'string') &&
    isWithin(event)
  );
}

function isWithin(event: Readonly<Record<string, unknown>>): boolean {
  const { kind, phase, status, classes, message, total, secondsLeft, lr } = event;
  switch (kind) {
    case 'progress':
      return [total, secondsLeft].every(value => value === undefined || isNumber(value));
    case 'batchEnded':
      return phase === 'train' || phase === 'test';
    case 'phaseEnded':
      return (phase === 'train' || phase === 'test') && (lr === undefined || isNumber(lr));
    case 'runEnded':
      return (
        ['completed', 'cancelled', 'failed'].includes(status as string) &&
        Number.isSafeInteger(event['bestEpoch']) &&
        ['string', 'undefined'].includes(typeof message)
      );
    case 'runStarted':
      return Array.isArray(classes) && classes.every(name => typeof name === 'string');
    default:
      return true;
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= MAX_NUMBER;
}
