import type { Phase, TrainingEvent } from '../../protocol/trainingEvent';
import { UserError } from '../userError';
import { PhaseMetrics } from './metrics';

/** Pictures that go through the network together, in whatever form it takes them. */
export interface LabelledInput<Input> {
  readonly input: Input;
  readonly labels: readonly number[];
}

/** What the loop needs of a network. Both steps return log-probabilities [batch, classes]. */
export interface TrainableNetwork<Input> {
  trainStep(input: Input, labels: readonly number[], lr: number): Promise<Float32Array>;
  evaluateStep(input: Input): Promise<Float32Array>;
}

/** The pictures of each phase. The test phase goes through them in their own order. */
export interface PhaseData<Input> {
  readonly trainSamples: number;
  readonly testSamples: number;
  trainBatches(epoch: number): AsyncIterable<LabelledInput<Input>>;
  testBatches(): AsyncIterable<LabelledInput<Input>>;
}

export interface EpochOptions {
  readonly epochs: number;
  readonly batchSize: number;
  /** The learning rate of an epoch. */
  learningRate(epoch: number): number;
  /** Called when a test phase beats all before it; probabilities [samples, classes] in the order of the test data. */
  keepBest(best: BestEpoch): Promise<void>;
  readonly signal: AbortSignal;
}

export interface BestEpoch {
  readonly epoch: number;
  readonly accuracy: number;
  readonly loss: number;
  readonly probabilities: readonly Float32Array[];
}

/** Batches are told of at most this often, so that a fast phase does not drown its readers. */
const BATCH_EVENT_EVERY_MS = 100;

/**
 * The training loop: for each epoch a train phase, then a test phase; the weights of the best test accuracy are kept.
 * Yields what happens; ends early, between two batches, when the signal aborts. Returns whether it ran to its end.
 */
export async function* runEpochs<Input>(
  network: TrainableNetwork<Input>,
  data: PhaseData<Input>,
  options: EpochOptions,
): AsyncGenerator<TrainingEvent, 'completed' | 'cancelled'> {
  let best = -1;
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    const lr = options.learningRate(epoch);
    const train = yield* runPhase(
      'train',
      epoch,
      data.trainSamples,
      data.trainBatches(epoch),
      options,
      batch => network.trainStep(batch.input, batch.labels, lr),
    );
    if (!train) return 'cancelled';
    if (!Number.isFinite(train.metrics.loss)) throw diverged(epoch, lr);
    yield phaseEnded('train', epoch, train, lr);

    const probabilities: Float32Array[] = [];
    const test = yield* runPhase(
      'test',
      epoch,
      data.testSamples,
      data.testBatches(),
      options,
      async batch => {
        const logProbabilities = await network.evaluateStep(batch.input);
        probabilities.push(...rows(logProbabilities.map(Math.exp), batch.labels.length));
        return logProbabilities;
      },
    );
    if (!test) return 'cancelled';
    yield phaseEnded('test', epoch, test);

    const { accuracy, loss } = test.metrics;
    if (accuracy > best) {
      best = accuracy;
      await options.keepBest({ epoch, accuracy, loss, probabilities });
      yield { kind: 'bestEpoch', epoch, accuracy };
    }
  }
  return 'completed';
}

interface PhaseResult {
  readonly metrics: PhaseMetrics;
  readonly seconds: number;
}

async function* runPhase<Input>(
  phase: Phase,
  epoch: number,
  samples: number,
  batches: AsyncIterable<LabelledInput<Input>>,
  { batchSize, signal }: EpochOptions,
  step: (batch: LabelledInput<Input>) => Promise<Float32Array>,
): AsyncGenerator<TrainingEvent, PhaseResult | undefined> {
  const metrics = new PhaseMetrics();
  const count = Math.ceil(samples / batchSize);
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  let batch = 0;
  let told = 0;
  if (signal.aborted) return undefined;
  try {
    for await (const labelled of batches) {
      metrics.add(await step(labelled), labelled.labels);
      batch++;
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
          imagesPerSecond: metrics.samples / seconds(),
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
  return { metrics, seconds: seconds() };
}

function phaseEnded(
  phase: Phase,
  epoch: number,
  { metrics, seconds }: PhaseResult,
  lr?: number,
): TrainingEvent {
  const { loss, accuracy, samples } = metrics;
  const event = { kind: 'phaseEnded', epoch, phase, loss, accuracy, samples, seconds } as const;
  return lr === undefined ? event : { ...event, lr };
}

function rows(values: Float32Array, count: number): readonly Float32Array[] {
  const width = values.length / count;
  return Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width));
}

function diverged(epoch: number, lr: number): UserError {
  return new UserError(
    `The loss stopped being a number in epoch ${epoch}: with the learning rate ${lr} the weights ran away; ` +
      'set optimizer.lr to a tenth of it and start again.',
  );
}
