import type { TrainingEvent } from '../../protocol/trainingEvent';

type Kind = TrainingEvent['kind'];

/** Fields that a reader relies on: numbers, texts, and lists of texts. A file may hold anything. */
const FIELDS: Readonly<
  Record<Kind, { readonly numbers?: readonly string[]; readonly texts?: readonly string[] }>
> = {
  progress: { numbers: ['done'], texts: ['task', 'unit'] },
  note: { texts: ['message'] },
  imageSkipped: { texts: ['image', 'reason'] },
  runStarted: {
    numbers: ['train', 'test', 'trainable', 'parameters', 'epochs'],
    texts: ['name', 'model', 'engine', 'engineReason', 'runFolder'],
  },
  batchEnded: {
    numbers: ['epoch', 'batch', 'batches', 'loss', 'accuracy', 'imagesPerSecond'],
    texts: ['phase'],
  },
  phaseEnded: { numbers: ['epoch', 'loss', 'accuracy', 'samples', 'seconds'], texts: ['phase'] },
  bestEpoch: { numbers: ['epoch', 'accuracy'] },
  runEnded: { numbers: ['bestEpoch', 'bestAccuracy', 'seconds'], texts: ['status'] },
};

/** Whether a value read from a file is an event, with the fields that its kind needs. */
export function isTrainingEvent(value: unknown): value is TrainingEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Readonly<Record<string, unknown>>;
  const kind = event['kind'];
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) return false;
  const { numbers = [], texts = [] } = FIELDS[kind as Kind];
  return (
    // A loss that is no number any more is null in JSON; nothing that ends well has one.
    numbers.every(name => typeof event[name] === 'number') &&
    texts.every(name => typeof event[name] === 'string') &&
    isWithin(event)
  );
}

function isWithin({ kind, phase, status, classes, message }: Readonly<Record<string, unknown>>): boolean {
  switch (kind) {
    case 'batchEnded':
    case 'phaseEnded':
      return phase === 'train' || phase === 'test';
    case 'runEnded':
      return (
        ['completed', 'cancelled', 'failed'].includes(status as string) &&
        ['string', 'undefined'].includes(typeof message)
      );
    case 'runStarted':
      return Array.isArray(classes) && classes.every(name => typeof name === 'string');
    default:
      return true;
  }
}
