import type { Phase, PhaseEndedEvent, TrainingEvent } from '../../protocol/trainingEvent';
import type { Targets } from '../engine/targets';
import type { Position } from '../run/checkpoint';
import { UserError } from '../userError';
import { lossRanAway } from '../trainingProblems';
import type { EarlyStoppingRecipe } from '../recipe/recipe';
import type { CrossEntropyLoss } from './crossEntropyLoss';
import type { Mixed } from '../image/mixUp';
import { hasWaited, improvementAfter } from './earlyStopping';
import { PhaseMetrics } from './metrics';

/** Pictures that go through the network together, in whatever form it takes them. */
export interface LabelledInput<Input> {
  readonly input: Input;
  readonly labels: readonly number[];
  /** Where each is mixed with another, whose share is smaller. */
  readonly mixed?: Mixed;
}

/** What the loop needs of a network. Both steps return log-probabilities [batch, classes]. */
export interface TrainableNetwork<Input> {
  trainStep(input: Input, targets: Targets, lr: number): Promise<Float32Array>;
  evaluateStep(input: Input): Promise<Float32Array>;
}

/** The pictures of each phase. The test phase goes through them in their own order. */
export interface PhaseData<Input> {
  readonly trainSamples: number;
  readonly testSamples: number;
  /** Without the batches before `first`. */
  trainBatches(epoch: number, first: number): AsyncIterable<LabelledInput<Input>>;
  testBatches(): AsyncIterable<LabelledInput<Input>>;
}

/** When training passes a position: after a batch, after an epoch, or where it ends. */
export type Passing = 'batch' | 'epoch' | 'end';

export interface EpochOptions<Input> {
  readonly epochs: number;
  readonly earlyStopping: EarlyStoppingRecipe | undefined;
  readonly batchSize: number;
  /** What is minimized, and told of each phase. */
  readonly loss: Readonly<Record<Phase, CrossEntropyLoss>>;
  /** Where an earlier process has left off, and its best epoch; left out: at the beginning. */
  readonly from?: { readonly position: Position; readonly best?: BestKnown } | undefined;
  /** Called before each epoch: where another stage begins, gets ready for it and returns its data. */
  enter?(epoch: number): AsyncGenerator<TrainingEvent, PhaseData<Input> | undefined>;
  /** The learning rate of an epoch. */
  learningRate(epoch: number): number;
  /** Called when a test phase beats all before it (`isBetter`); probabilities [samples, classes] in the order of the test data. */
  keepBest(best: BestEpoch): void | Promise<void>;
  /** Called wherever a later process could go on from. */
  save(position: Position, at: Passing): Promise<void>;
  readonly signal: AbortSignal;
}

/** The best epoch before a process began. */
export type BestKnown = Pick<BestEpoch, 'epoch' | 'accuracy' | 'loss'>;

export interface BestEpoch {
  readonly epoch: number;
  readonly accuracy: number;
  readonly loss: number;
  readonly probabilities: readonly Float32Array[];
}

/** Batches are told of at most this often, so that a fast phase does not drown its readers. */
const BATCH_EVENT_EVERY_MS = 100;

/**
 * The training loop: for each epoch a train phase, then a test phase; the weights of the best test phase are kept.
 * Yields what happens; ends early, between two batches, when the signal aborts. Returns whether it ran to its end.
 */
export async function* runEpochs<Input>(
  network: TrainableNetwork<Input>,
  first: PhaseData<Input>,
  options: EpochOptions<Input>,
): AsyncGenerator<TrainingEvent, 'completed' | 'cancelled'> {
  let data = first;
  let position = options.from?.position ?? beginningOf(0);
  let best: BestKnown = options.from?.best ?? { epoch: -1, accuracy: -1, loss: Infinity };
  const end = async <Status>(status: Status): Promise<Status> => {
    await options.save(position, 'end');
    return status;
  };
  try {
    const { earlyStopping } = options;
    while (position.epoch < options.epochs) {
      const { epoch, improved } = position;
      if (earlyStopping && improved && hasWaited(earlyStopping, position)) {
        yield { kind: 'stoppedEarly', epoch: epoch - 1, improved: improved.epoch };
        break;
      }
      if (options.enter) data = (yield* options.enter(epoch)) ?? data;
      const lr = options.learningRate(epoch);
      const train = yield* runPhase(
        'train',
        position,
        data.trainSamples,
        data.trainBatches(epoch, position.batch),
        options,
        ({ input }, targets) => network.trainStep(input, targets, lr),
        async reached => options.save((position = reached), 'batch'),
      );
      if (!train) return await end('cancelled');
      if (!Number.isFinite(train.loss)) throw lossRanAway(epoch, lr);
      yield { ...train, lr };

      const probabilities: Float32Array[] = [];
      const test = yield* runPhase(
        'test',
        beginningOf(epoch),
        data.testSamples,
        data.testBatches(),
        options,
        async batch => {
          const logProbabilities = await network.evaluateStep(batch.input);
          probabilities.push(...rows(logProbabilities.map(Math.exp), batch.labels.length));
          return logProbabilities;
        },
      );
      if (!test) return await end('cancelled');
      yield test;

      const { accuracy, loss } = test;
      const tested: BestKnown = { epoch, accuracy, loss };
      if (isBetter(tested, best)) {
        best = tested;
        await options.keepBest({ ...tested, probabilities });
        yield { kind: 'bestEpoch', epoch, accuracy };
      }
      position = {
        ...beginningOf(epoch + 1),
        ...(earlyStopping && { improved: improvementAfter(earlyStopping, improved, { epoch, accuracy }) }),
      };
      await options.save(position, 'epoch');
    }
    return await end('completed');
  } catch (error) {
    // When a picture cannot be read any more, say, what was trained is sound. After a step that failed it is not.
    if (error instanceof UserError || options.signal.aborted)
      await options.save(position, 'end').catch(() => undefined);
    throw error;
  }
}

/**
 * Whether an epoch takes the place of the best before it: the greater test accuracy does, of equal ones the lower test
 * loss. An epoch that an earlier process has found to be the best is found to be so once more.
 */
function isBetter(tested: BestKnown, best: BestKnown): boolean {
  if (tested.accuracy !== best.accuracy) return tested.accuracy > best.accuracy;
  return tested.loss < best.loss || (tested.epoch === best.epoch && tested.loss === best.loss);
}

/** Where an epoch begins. */
export function beginningOf(epoch: number): Position {
  return { epoch, batch: 0, lossSum: 0, correct: 0, samples: 0, seconds: 0 };
}

/** Goes on from a position; returns the phase's end, or undefined where the signal ended it. */
async function* runPhase<Input>(
  phase: Phase,
  from: Position,
  samples: number,
  batches: AsyncIterable<LabelledInput<Input>>,
  { batchSize, loss, signal }: EpochOptions<Input>,
  step: (batch: LabelledInput<Input>, targets: Targets) => Promise<Float32Array>,
  pass: (position: Position) => Promise<void> = () => Promise.resolve(),
): AsyncGenerator<TrainingEvent, PhaseEndedEvent | undefined> {
  const { epoch } = from;
  const metrics = new PhaseMetrics(from);
  const count = Math.ceil(samples / batchSize);
  const start = performance.now();
  const here = (): number => (performance.now() - start) / 1000;
  let batch = from.batch;
  let told = 0;
  if (signal.aborted) return undefined;
  try {
    for await (const labelled of batches) {
      const targets = loss[phase].targets(labelled.labels, labelled.mixed);
      metrics.add(await step(labelled, targets), labelled.labels, targets);
      batch++;
      await pass({ ...from, batch, ...metrics.sums, seconds: from.seconds + here() });
      if (batch === count || performance.now() - told >= BATCH_EVENT_EVERY_MS) {
        told = performance.now();
        yield {
          kind: 'batchEnded',
          epoch,
          phase,
          batch: batch - 1,
          batches: count,
          loss: metrics.loss,
          accuracy: metrics.accuracy,
          imagesPerSecond: (metrics.samples - from.samples) / here(),
        };
        // The engine may block the thread: give signals and the readers of events their turn.
        await new Promise(resolve => setImmediate(resolve));
      }
      if (signal.aborted) return undefined;
    }
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
  const seconds = from.seconds + here();
  const { loss: mean, accuracy, samples: seen } = metrics;
  return { kind: 'phaseEnded', epoch, phase, loss: mean, accuracy, samples: seen, seconds };
}

function rows(values: Float32Array, count: number): readonly Float32Array[] {
  const width = values.length / count;
  return Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width));
}
