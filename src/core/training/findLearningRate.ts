import { t } from '../../protocol/language';
import type { LearningRateCurve, LearningRateEvent, TriedRate } from '../../protocol/learningRateEvent';
import type { Recipe } from '../recipe/recipe';
import { choosePhaseData, decodedData } from './choosePhaseData';
import { lossOf } from './crossEntropyLoss';
import { viewsOf } from './keepFeatures';
import type { LoadedRun } from './loadedRun';
import { optimizerOf, trainingLoss } from './optimization';
import { prepareLocalRun } from './prepareLocalRun';
import { suggestLearningRate } from './suggestLearningRate';
import type { TrainOptions } from './trainer';

export interface FindLearningRateOptions extends Pick<
  TrainOptions,
  'workspace' | 'featureProgram' | 'cache' | 'signal'
> {
  /** Rates that are tried, from `LOWEST` to `HIGHEST`; 100 unless told. */
  readonly steps?: number;
}

/** fastai's range, smoothing, and by how much the loss may rise above its best before it is over. */
const LOWEST = 1e-7;
const HIGHEST = 10;
const SMOOTHING = 0.98;
const DIVERGED = 4;

/**
 * The learning rate range test (Smith 2015), as fastai's `lr_find` does it: a step of training for each rate, which grows
 * exponentially, until the smoothed loss has run away. Keeps nothing of what it trains. A mistake is a UserError.
 */
export async function* findLearningRate(
  recipe: Recipe,
  options: FindLearningRateOptions,
): AsyncGenerator<LearningRateEvent, LearningRateCurve> {
  const trainer = yield* prepareLocalRun(recipe, t('the learning rate is looked for'), options);
  try {
    return yield* tryRates(trainer.run, options);
  } finally {
    trainer.dispose();
  }
}

async function* tryRates(
  run: LoadedRun,
  options: FindLearningRateOptions,
): AsyncGenerator<LearningRateEvent, LearningRateCurve> {
  const { network } = run;
  const { steps = 100, signal } = options;
  const loss = trainingLoss(run);
  const optimizer = optimizerOf(run);
  const data = paysToKeep(run, steps) ? yield* choosePhaseData(run, options) : decodedData(run, options);
  const tried: TriedRate[] = [];
  let [mean, best] = [0, Infinity];
  const ending = function* (): Generator<LearningRateEvent, LearningRateCurve> {
    const suggestion = suggestLearningRate(tried, steps);
    yield { kind: 'learningRateFound', suggestion };
    return { tried, suggestion };
  };
  try {
    for (let epoch = 0; tried.length < steps; epoch++) {
      for await (const { input, labels, mixed } of data.trainBatches(epoch, 0)) {
        signal.throwIfAborted();
        const step = tried.length;
        const lr = LOWEST * (HIGHEST / LOWEST) ** (step / (steps - 1));
        const targets = loss.targets(labels, mixed);
        const found = lossOf(await network.trainStep(input, targets, optimizer, lr), targets);
        mean = SMOOTHING * mean + (1 - SMOOTHING) * found;
        const smoothedLoss = mean / (1 - SMOOTHING ** (step + 1));
        best = Math.min(best, smoothedLoss);
        if (!(smoothedLoss <= DIVERGED * best)) return yield* ending();
        tried.push({ lr, loss: found, smoothedLoss });
        yield { kind: 'learningRateTried', step, steps, ...tried.at(-1)! };
        if (tried.length === steps) break;
      }
    }
    return yield* ending();
  } finally {
    await data.close();
    optimizer.dispose();
  }
}

/** Whether what the frozen layers give is computed for fewer pictures once than the steps would compute it for. */
function paysToKeep({ recipe, dataset }: LoadedRun, steps: number): boolean {
  const views = viewsOf(recipe);
  if (!views) return false;
  return views.length * dataset.train.length + dataset.test.length <= steps * recipe.batchSize;
}
