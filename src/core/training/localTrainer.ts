import type { TrainingEvent } from '../../protocol/trainingEvent';
import { openEngine, type Engine } from '../engine/chooseEngine';
import type { NetworkInput } from '../engine/networkInput';
import { AveragingOptimizer } from '../engine/averagingOptimizer';
import type { LocalEngine, Recipe } from '../recipe/recipe';
import type { StateDict } from '../weights/stateDict';
import { choosePhaseData } from './choosePhaseData';
import { createNetwork } from './createNetwork';
import { CrossEntropyLoss } from './crossEntropyLoss';
import type { LoadedRun } from './loadedRun';
import { optimizerOf, trainingLoss } from './optimization';
import type { OpenData } from './phaseData';
import { runEpochs } from './runEpochs';
import { learningRate } from './schedulers';
import type { RunDescription, Trainer, TrainOptions } from './trainer';
import { TrainingSaves } from './trainingSaves';

/** Trains in this process, on one of its engines. */
export class LocalTrainer implements Trainer {
  private loaded: LoadedRun | undefined;
  /** What the network had to say since an event was last told. */
  private notes: string[] = [];

  private constructor(readonly engine: Engine) {}

  /** Loads the engine that a recipe asks for; a UserError says how to install what is missing. */
  static async open(wanted: LocalEngine, device: Recipe['device']): Promise<LocalTrainer> {
    return new LocalTrainer(await openEngine(wanted, device));
  }

  /** What was loaded. */
  get run(): LoadedRun {
    if (!this.loaded) throw new Error('Nothing was loaded');
    return this.loaded;
  }

  load(run: RunDescription, weights: StateDict): void {
    const network = createNetwork(run, this.engine.ops, weights, note => void this.notes.push(note));
    this.loaded = { ...run, engine: this.engine, network };
  }

  async *train(
    folder: string,
    options: TrainOptions,
  ): AsyncGenerator<TrainingEvent, 'completed' | 'cancelled'> {
    const events = this.events(folder, options);
    for (;;) {
      const { value, done } = await events.next();
      for (const message of this.notes.splice(0)) yield { kind: 'note', message };
      if (done === true) return value;
      yield value;
    }
  }

  private async *events(
    folder: string,
    options: TrainOptions,
  ): AsyncGenerator<TrainingEvent, 'completed' | 'cancelled'> {
    const { run } = this;
    const { signal, from, saveEveryMs } = options;
    const { recipe, network } = run;
    const plain = optimizerOf(run);
    const averaging =
      recipe.averaging && new AveragingOptimizer(plain, network.variables, recipe.averaging.decay);
    const optimizer = averaging ?? plain;
    /** With the network as it is tested and kept. */
    const tested = async <Result>(work: () => Result | Promise<Result>): Promise<Result> =>
      averaging ? averaging.withAverages(work) : work();
    const saves = new TrainingSaves(run, optimizer, folder, from, saveEveryMs);
    let data: OpenData | undefined;
    try {
      if (from) await saves.restore(from);
      data = yield* choosePhaseData(run, options);
      const status = yield* runEpochs<NetworkInput>(
        {
          trainStep: (input, targets, lr) => network.trainStep(input, targets, optimizer, lr),
          evaluateStep: input => tested(() => network.evaluateStep(input)),
        },
        data,
        {
          epochs: recipe.epochs,
          earlyStopping: recipe.earlyStopping,
          batchSize: recipe.batchSize,
          // A test loss is plain, so that it is that of other recipes and of `thaw evaluate`.
          loss: { train: trainingLoss(run), test: new CrossEntropyLoss(run.classes.length) },
          learningRate: epoch => learningRate(recipe.scheduler, recipe.optimizer.lr, epoch, recipe.epochs),
          from,
          keepBest: found => tested(() => saves.keep(found)),
          save: (position, at) => saves.save(position, at),
          signal,
        },
      );
      await saves.finish();
      return status;
    } catch (error) {
      // What went wrong first is what is told.
      await saves.finish().catch(() => undefined);
      throw error;
    } finally {
      await data?.close();
      saves.dispose();
      optimizer.dispose();
    }
  }

  dispose(): void {
    this.loaded?.network.dispose();
    this.loaded = undefined;
  }
}
