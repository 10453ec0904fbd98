import { basename, join } from 'node:path';
import { t } from '../../protocol/language';
import type { Calibration, ClassificationMetrics, LayerChange } from '../../protocol/pageMessages';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import { UserError } from '../userError';
import { calibrationOf } from './calibration';
import { classificationMetrics } from './confusion';
import { readEvents } from './eventLog';
import { readLayerChanges } from './layerChanges';
import { readPredictions, type TestPrediction } from './predictions';
import { readRunSettings, runFiles, type RunSettings } from './runFolder';

/** Most classes of which a confusion matrix is made. */
const MAX_CLASSES = 2_000;

/** A test picture and what the best epoch said of it; classes are indices. */
export interface JudgedPicture {
  readonly image: string;
  readonly file: string;
  readonly label: number;
  readonly predicted: number;
  readonly probabilities: readonly number[];
}

/** All that a run folder tells of its best epoch. */
export interface BestEpochOfRun {
  /** The recipe's, or that of the folder; it may come from anyone. */
  readonly name: string;
  readonly settings: RunSettings;
  /** Of the whole run; empty where they are gone. */
  readonly events: readonly TrainingEvent[];
  /** Undefined where the run's events are gone. */
  readonly epoch: number | undefined;
  /** Mean cross-entropy of the test pictures. */
  readonly loss: number;
  readonly pictures: readonly JudgedPicture[];
  readonly metrics: ClassificationMetrics;
  readonly calibration: Calibration;
  /** Undefined for a run that did not write it. */
  readonly layers: readonly LayerChange[] | undefined;
}

/** Reads a run's best epoch from its folder alone. A UserError says what is missing or damaged. */
export async function readBestEpoch(folder: string): Promise<BestEpochOfRun> {
  const settings = await readRunSettings(folder);
  const { classes } = settings.resolved;
  if (classes.length > MAX_CLASSES) {
    throw new UserError(
      t('This run has {0} classes; at most {1} can be shown.', classes.length, MAX_CLASSES),
    );
  }
  const file = join(folder, runFiles.bestPredictions);
  const predictions = await readPredictions(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new UserError(t('This run has no best epoch yet: its first test phase has not ended.'));
  });
  const numbers = new Map(classes.map((name, number) => [name, number]));
  const pictures = predictions.map((prediction, index) => {
    const judged = judge(prediction, numbers);
    if (!judged) throw new UserError(t("{0} does not fit the run's classes in line {1}.", file, index + 1));
    return judged;
  });
  if (pictures.length === 0) throw new UserError(t('{0} is empty, so the best epoch cannot be shown.', file));
  const metrics = classificationMetrics(classes, pictures);
  const events = await eventsOf(folder);
  const loss = crossEntropy(pictures);
  return {
    // A recipe that somebody edited may hold anything.
    name: String(settings.recipe.name ?? basename(folder)),
    settings,
    events,
    epoch: epochOf(events, { accuracy: metrics.accuracy, loss }),
    loss,
    pictures,
    metrics,
    calibration: calibrationOf(pictures),
    layers: await readLayerChanges(folder),
  };
}

/** Indices of the pictures that were taken for another class, the most confident first. */
export function mistakes(pictures: readonly JudgedPicture[]): readonly number[] {
  const confidence = (index: number): number => {
    const { predicted, probabilities } = pictures[index]!;
    return probabilities[predicted]!;
  };
  return [...pictures.keys()]
    .filter(index => pictures[index]!.label !== pictures[index]!.predicted)
    .sort((a, b) => confidence(b) - confidence(a));
}

/**
 * The epoch whose predictions these are. Events may be ahead of the predictions: those of a quick epoch are not
 * written at once.
 */
function epochOf(
  events: readonly TrainingEvent[],
  { accuracy, loss }: { readonly accuracy: number; readonly loss: number },
): number | undefined {
  const best = events.filter(event => event.kind === 'bestEpoch');
  const alike = best.filter(event => Math.abs(event.accuracy - accuracy) < 1e-9);
  if (alike.length === 0) return best.at(-1)?.epoch;
  // Epochs of the same accuracy differ in their loss, which probabilities of few digits give nearly.
  const losses = new Map(
    events.flatMap(event =>
      event.kind === 'phaseEnded' && event.phase === 'test' ? [[event.epoch, event.loss]] : [],
    ),
  );
  const apart = ({ epoch }: { readonly epoch: number }): number =>
    Math.abs((losses.get(epoch) ?? Infinity) - loss);
  return alike.reduce((nearest, event) => (apart(event) <= apart(nearest) ? event : nearest)).epoch;
}

function judge(
  { image, file, probabilities, ...named }: TestPrediction,
  numbers: ReadonlyMap<string, number>,
): JudgedPicture | undefined {
  const [label, predicted] = [numbers.get(named.label), numbers.get(named.predicted)];
  if (label === undefined || predicted === undefined || probabilities.length !== numbers.size)
    return undefined;
  return { image, file, label, predicted, probabilities };
}

function crossEntropy(pictures: readonly JudgedPicture[]): number {
  const losses = pictures.map(
    ({ label, probabilities }) => -Math.log(Math.max(probabilities[label]!, 1e-45)),
  );
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}

async function eventsOf(folder: string): Promise<readonly TrainingEvent[]> {
  return readEvents(join(folder, runFiles.events)).catch(() => []);
}
