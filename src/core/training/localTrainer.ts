import type { TrainingEvent } from '../../protocol/trainingEvent';
import { openEngine, type Engine } from '../engine/chooseEngine';
import { planStages, type PlannedStage } from '../model/stagePlans';
import { countParameters } from '../model/stateDictShapes';
import { trainableParameters } from '../model/trainingPlan';
import type { LocalEngine, Recipe } from '../recipe/recipe';
import { stageAt } from '../recipe/stages';
import type { StateDict } from '../weights/stateDict';
import { choosePhaseData } from './choosePhaseData';
import { createNetwork } from './createNetwork';
import type { LoadedRun } from './loadedRun';
import type { OpenData } from './phaseData';
import type { RunDescription, Trainer, TrainOptions } from './trainer';
import { runOptimizer, trainEpochs } from './trainEpochs';
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
    const running = runOptimizer(run);
    const saves = new TrainingSaves(run, running.optimizer, folder, from, saveEveryMs);
    const stages = planStages(run.recipe);
    const first = stageAt(stages, from?.position.epoch ?? 0);
    let data: OpenData | undefined;
    const open = async function* (stage: PlannedStage): AsyncGenerator<TrainingEvent, OpenData> {
      await data?.close();
      data = undefined;
      run.network.follow(stage.plan);
      return (data = yield* choosePhaseData(runIn(run, stage), options));
    };
    const enter = async function* (epoch: number): AsyncGenerator<TrainingEvent, OpenData | undefined> {
      const stage = stages.slice(1).find(each => each.epoch === epoch);
      if (!stage) return undefined;
      yield unfrozen(run, stage);
      return stage === first ? undefined : yield* open(stage);
    };
    try {
      if (from) await saves.restore(from);
      const status = yield* trainEpochs(run, running, yield* open(first), {
        from,
        enter,
        keepBest: found => saves.keep(found),
        save: (position, at) => saves.save(position, at),
        signal,
      });
      await saves.finish();
      return status;
    } catch (error) {
      // What went wrong first is what is told.
      await saves.finish().catch(() => undefined);
      throw error;
    } finally {
      await data?.close();
      saves.dispose();
      running.optimizer.dispose();
    }
  }

  dispose(): void {
    this.loaded?.network.dispose();
    this.loaded = undefined;
  }
}

/** The run as it is in one of its stages. */
function runIn(run: LoadedRun, { freeze, plan }: PlannedStage): LoadedRun {
  return { ...run, recipe: { ...run.recipe, freeze, unfreeze: undefined }, plan };
}

function unfrozen({ graph, model }: LoadedRun, { epoch, plan }: PlannedStage): TrainingEvent {
  const trainable = trainableParameters(graph, plan);
  return { kind: 'unfrozen', epoch, trainable, parameters: countParameters(model.root) };
}
