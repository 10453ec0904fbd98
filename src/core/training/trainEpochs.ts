import type { TrainingEvent } from '../../protocol/trainingEvent';
import { AveragingOptimizer } from '../engine/averagingOptimizer';
import type { NetworkInput } from '../engine/networkInput';
import type { Optimizer } from '../engine/optimizers';
import { stageAt, stagesOf } from '../recipe/stages';
import { CrossEntropyLoss } from './crossEntropyLoss';
import type { LoadedRun } from './loadedRun';
import { optimizerOf, trainingLoss } from './optimization';
import type { OpenData } from './phaseData';
import { runEpochs, type EpochOptions } from './runEpochs';
import { learningRate } from './schedulers';

/** The optimizer of a run, and the network as it is tested and kept. */
export interface RunOptimizer {
  readonly optimizer: Optimizer;
  /** Does something with the averages in the network where the recipe has them. */
  tested<Result>(work: () => Result | Promise<Result>): Promise<Result>;
}

/** Whoever asks for it disposes the optimizer. */
export function runOptimizer(run: LoadedRun): RunOptimizer {
  const { recipe, network } = run;
  const plain = optimizerOf(run);
  if (!recipe.averaging) return { optimizer: plain, tested: async work => work() };
  const averaging = new AveragingOptimizer(plain, network.variables, recipe.averaging.decay);
  return { optimizer: averaging, tested: work => averaging.withAverages(work) };
}

/** The epochs of a recipe on a network of this process. */
export function trainEpochs(
  run: LoadedRun,
  { optimizer, tested }: RunOptimizer,
  data: OpenData,
  {
    keepBest,
    ...options
  }: Pick<EpochOptions<NetworkInput>, 'from' | 'enter' | 'keepBest' | 'save' | 'signal'>,
): AsyncGenerator<TrainingEvent, 'completed' | 'cancelled'> {
  const { recipe, network, classes } = run;
  const stages = stagesOf(recipe);
  return runEpochs<NetworkInput>(
    {
      trainStep: (input, targets, lr) => network.trainStep(input, targets, optimizer, lr),
      evaluateStep: input => tested(() => network.evaluateStep(input)),
    },
    data,
    {
      ...options,
      epochs: recipe.epochs,
      earlyStopping: recipe.earlyStopping,
      batchSize: recipe.batchSize,
      // A test loss is plain, so that it is that of other recipes and of `thaw evaluate`.
      loss: { train: trainingLoss(run), test: new CrossEntropyLoss(classes.length) },
      learningRate: epoch => learningRate(recipe.scheduler, stageAt(stages, epoch).lr, epoch, recipe.epochs),
      keepBest: found => tested(() => keepBest(found)),
    },
  );
}
