import { openEngine } from '../../src/core/engine/chooseEngine';
import { AveragingOptimizer } from '../../src/core/engine/averagingOptimizer';
import { Network } from '../../src/core/engine/network';
import { createOptimizer } from '../../src/core/engine/optimizers';
import { findModel } from '../../src/core/model/catalog';
import { resolveFreeze } from '../../src/core/model/freezeSet';
import { buildGraph } from '../../src/core/model/graph';
import { parameterGroups } from '../../src/core/model/parameterGroups';
import { preprocessingFor } from '../../src/core/model/model';
import { replaceHead } from '../../src/core/model/replaceHead';
import { firstStepOf } from '../../src/core/model/stagePlans';
import { stateDictShapes } from '../../src/core/model/stateDictShapes';
import { planTraining } from '../../src/core/model/trainingPlan';
import type { LocalEngine } from '../../src/core/recipe/recipe';
import { CrossEntropyLoss, lossOf } from '../../src/core/training/crossEntropyLoss';
import { readTensors, type StateDict } from '../../src/core/weights/stateDict';
import { smallVgg, trainingFixture, type trainingModels, type TrainingRun } from './fixtures';
import { hashPixels, hashWeights } from './hashNetwork';

type TrainingModel = (typeof trainingModels)[number];

/** A step of training, before the next: its loss and the values after it. */
export interface TrainedStep {
  readonly loss: number;
  readonly state: StateDict;
}

/** Takes the steps of a fixture on an engine, from its hash weights and on its hash pictures. */
export async function* trainingSteps(
  name: TrainingModel,
  run: TrainingRun,
  engine: LocalEngine,
): AsyncGenerator<TrainedStep> {
  const { batch, classes } = trainingFixture(name);
  const model = name === 'resnet18' ? replaceHead(findModel(name), classes) : smallVgg(name, classes);
  const graph = buildGraph(model.root);
  const { unfreeze } = run;
  const planOf = (freeze: readonly string[]) =>
    planTraining(graph, resolveFreeze(model.root, freeze).isFrozen, run.frozenBatchNorm);
  const plan = planOf(run.freeze);
  const { ops } = await openEngine(engine);
  const preprocessing = preprocessingFor(model, 224);
  const start = startingState(name, run);
  const network = new Network(
    { root: model.root, graph, plan, preprocessing, seed: 0, precision: 'float32' },
    ops,
    start,
  );
  const { groups = [], averaging } = run;
  const scaleOf = parameterGroups(model.root, { ...run.optimizer, groups });
  let { lr } = run.optimizer;
  const stages = [{ epoch: 0, freeze: run.freeze, lr, plan }];
  if (unfreeze) stages.push({ ...unfreeze, epoch: unfreeze.step, plan: planOf(unfreeze.freeze) });
  const firstStep = firstStepOf(graph, stages, 1);
  const plain = createOptimizer(run.optimizer, network.variables, scaleOf, firstStep);
  const averages = averaging && new AveragingOptimizer(plain, network.variables, averaging.decay);
  const optimizer = averages ?? plain;
  const state = () => readTensors(network.variables.tensors());
  const labels = Array.from({ length: batch }, (_, i) => i % classes);
  const { labelSmoothing, classWeights: weights } = run;
  const targets = new CrossEntropyLoss(classes, { labelSmoothing, weights }).targets(labels);
  try {
    for (const [step, key] of run.batches.entries()) {
      if (step === unfreeze?.step) {
        network.follow(planOf(unfreeze.freeze));
        lr = unfreeze.lr;
      }
      const input = { pixels: hashPixels(key, batch, run.imageSize), size: run.imageSize };
      const found = await network.trainStep(input, targets, optimizer, lr);
      yield {
        loss: lossOf(found, targets),
        state: await (averages ? averages.withAverages(state) : state()),
      };
    }
  } finally {
    optimizer.dispose();
    network.dispose();
  }
}

/** The values after the last of those steps. */
export async function trainedState(
  name: TrainingModel,
  run: TrainingRun,
  engine: LocalEngine,
): Promise<StateDict> {
  let state: StateDict = new Map();
  for await (const step of trainingSteps(name, run, engine)) state = step.state;
  return state;
}

/** The hash weights that a fixture begins with. */
export function startingState(name: TrainingModel, run: TrainingRun): StateDict {
  const { classes } = trainingFixture(name);
  const model = name === 'resnet18' ? replaceHead(findModel(name), classes) : smallVgg(name, classes);
  return hashWeights(stateDictShapes(model.root), run.gain);
}
