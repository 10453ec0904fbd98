import { freemem } from 'node:os';
import { join } from 'node:path';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import type { Dataset } from '../dataset/dataset';
import { loadDataset, outputCount } from '../dataset/loadDataset';
import { openEngine, type Engine } from '../engine/chooseEngine';
import { bytesPerPicture } from '../engine/featureCache';
import { Network, type NetworkInput } from '../engine/network';
import { createOptimizer } from '../engine/optimizers';
import { findModel } from '../model/catalog';
import { resolveFreeze } from '../model/freezeSet';
import { buildGraph, INPUT, type GraphNode } from '../model/graph';
import { parameterShapes } from '../model/layerTree';
import { preprocessingFor, type Model } from '../model/model';
import { replaceHead } from '../model/replaceHead';
import { inferShapes } from '../model/shapes';
import { countParameters } from '../model/stateDictShapes';
import { planTraining, type TrainingPlan } from '../model/trainingPlan';
import type { Progress, Work } from '../progress';
import type { Recipe } from '../recipe/recipe';
import { EventLog } from '../run/eventLog';
import { createRunFolder, runFiles, writeRunSettings } from '../run/runFolder';
import { UserError } from '../userError';
import { startingWeights, type StartingWeights } from '../weights/startingWeights';
import { BestWeights } from './bestWeights';
import { cacheFeatures, DecodedData, viewsOf } from './phaseData';
import { runEpochs, type PhaseData } from './runEpochs';
import { learningRate } from './schedulers';

export interface FineTuneOptions {
  /** The folder that `.thaw` lies in: the recipe's own. */
  readonly workspace: string;
  /** The run folder, where it is not to be a new one below `.thaw/runs`. */
  readonly out: string | undefined;
  /** Bytes of memory that features of frozen layers may take; half of what is free unless told. */
  readonly cacheBytes?: number;
  /** The program's version, for the run's settings. */
  readonly version: string;
  readonly signal: AbortSignal;
}

/** Share of the free memory that cached features may take. */
const CACHE_SHARE = 0.5;

/**
 * Trains what a recipe says and writes a run folder; yields all that happens. A mistake in the recipe or the data is a
 * UserError before anything is written; once a run has started, every end of it is a `runEnded` event.
 */
export async function* fineTune(
  recipe: Recipe,
  options: FineTuneOptions,
): AsyncGenerator<TrainingEvent, void> {
  const { signal, workspace } = options;
  const published = findModel(recipe.model);
  resolveFreeze(published.root, recipe.freeze);

  const cacheFolder = join(workspace, '.thaw', 'cache');
  const dataset = yield* told(loadDataset(recipe.data, { seed: recipe.seed, cacheFolder, signal }));
  for (const { image, reason } of dataset.skipped) yield { kind: 'imageSkipped', image, reason };
  for (const message of dataset.notes) yield { kind: 'note', message };

  const outputs = outputCount(dataset.classes, recipe.classes);
  const classes = [...dataset.classes, ...unusedNames(outputs - dataset.classes.length)];
  if (outputs > dataset.classes.length) {
    yield note(
      `Of ${outputs} output classes the data has ${dataset.classes.length}; the others stay unused.`,
    );
  }
  const model = replaceHead(published, outputs);
  const plan = planOf(model, recipe);
  const weights = yield* told(startingWeights(model, recipe, { signal }));
  const engine = await openEngine(recipe.engine);
  const preprocessing = preprocessingFor(model, recipe.imageSize);
  const graph = buildGraph(model.root);
  const shapes = inferShapes(graph, [3, recipe.imageSize, recipe.imageSize]);

  const folder = await createRunFolder(recipe, workspace, options.out);
  const run: Run = {
    ...{ recipe, model, graph, plan, dataset, classes, weights, engine, shapes, preprocessing, folder },
  };
  await writeRunSettings(folder, {
    recipe: { ...recipe, classes: outputs },
    resolved: {
      classes,
      preprocessing,
      engine: { name: engine.name, version: engine.version, device: engine.device },
      weights: weights.source,
      versions: { thaw: options.version, node: process.versions.node },
      started: new Date().toISOString(),
    },
  });
  const log = new EventLog(join(folder, runFiles.events));
  try {
    const cacheBytes = options.cacheBytes ?? CACHE_SHARE * freemem();
    for await (const event of train(run, cacheBytes, signal)) {
      log.append(event);
      yield event;
    }
  } finally {
    log.close();
  }
}

interface Run {
  readonly recipe: Recipe;
  readonly model: Model;
  readonly graph: readonly GraphNode[];
  readonly plan: TrainingPlan;
  readonly dataset: Dataset;
  /** A name for every output. */
  readonly classes: readonly string[];
  readonly weights: StartingWeights;
  readonly engine: Engine;
  readonly shapes: readonly (readonly number[])[];
  readonly preprocessing: ReturnType<typeof preprocessingFor>;
  readonly folder: string;
}

async function* train(
  run: Run,
  cacheBytes: number,
  signal: AbortSignal,
): AsyncGenerator<TrainingEvent, void> {
  const { recipe, model, graph, plan, dataset, classes, engine, preprocessing, folder } = run;
  const start = performance.now();
  yield started(run);

  const network = new Network(
    { root: model.root, graph, plan, preprocessing, seed: recipe.seed },
    engine.ops,
    run.weights.tensors,
  );
  const optimizer = createOptimizer(recipe.optimizer, network.variables);
  const best = new BestWeights(network, dataset.test, classes, folder);
  const ended = (status: 'completed' | 'cancelled' | 'failed', message?: string): TrainingEvent => ({
    kind: 'runEnded',
    status,
    bestEpoch: best.epoch,
    bestAccuracy: best.accuracy,
    seconds: (performance.now() - start) / 1000,
    ...(message === undefined ? {} : { message }),
  });
  try {
    const data = yield* phaseData(run, network, cacheBytes, signal);
    const status = yield* runEpochs<NetworkInput>(
      {
        trainStep: (input, labels, lr) => network.trainStep(input, labels, optimizer, lr),
        evaluateStep: input => network.evaluateStep(input),
      },
      data,
      {
        epochs: recipe.epochs,
        batchSize: recipe.batchSize,
        learningRate: epoch => learningRate(recipe.scheduler, recipe.optimizer.lr, epoch, recipe.epochs),
        keepBest: found => best.keep(found),
        signal,
      },
    );
    await best.flush();
    yield ended(status);
  } catch (error) {
    await best.flush();
    if (signal.aborted) {
      yield ended('cancelled');
      return;
    }
    yield ended('failed', error instanceof UserError ? error.message : 'an unexpected error; see the log');
    throw error;
  } finally {
    best.dispose();
    optimizer.dispose();
    network.dispose();
  }
}

/** Cached features where the frozen part allows it, else pictures decoded in each epoch; says which, and why. */
async function* phaseData(
  { recipe, plan, dataset, shapes, preprocessing }: Run,
  network: Network,
  cacheBytes: number,
  signal: AbortSignal,
): AsyncGenerator<TrainingEvent, PhaseData<NetworkInput>> {
  const options = { ...recipe, preprocessing, signal };
  if (plan.prefix.length === 0) {
    if (recipe.freeze.length > 0 && recipe.frozenBatchNorm === 'train') {
      yield note(
        'The frozen layers are computed in every epoch: "frozenBatchNorm": "train" makes them differ.',
      );
    }
    return new DecodedData(dataset, options);
  }
  if (recipe.augment === 'crop-flip') {
    yield note(
      'The frozen layers are computed in every epoch: "augment": "crop-flip" shows new crops each time.',
    );
    return new DecodedData(dataset, options);
  }
  const boundary = plan.boundary.map(node =>
    node === INPUT ? [recipe.imageSize, recipe.imageSize, 3] : channelsLast(shapes[node]!),
  );
  const views = viewsOf(recipe.augment).length;
  const pictures = views * dataset.train.length + dataset.test.length;
  const bytes = pictures * bytesPerPicture(boundary);
  const cost = `${pictures} x ${size(bytesPerPicture(boundary))} = ${size(bytes)}`;
  if (bytes > cacheBytes) {
    yield note(
      `The frozen layers are computed in every epoch: their features (${cost}) do not fit in the ${size(cacheBytes)} of memory for them.`,
    );
    return new DecodedData(dataset, options);
  }
  const both = views === 2 ? ', both ways round for training' : '';
  yield note(`Features of the frozen layers are computed once${both}: ${cost}.`);
  return yield* told(cacheFeatures(network, dataset, boundary, options));
}

function started({ recipe, model, graph, plan, dataset, classes, engine, folder }: Run): TrainingEvent {
  const trainable = graph
    .filter((_, index) => plan.trainable[index])
    .reduce((sum, { operation }) => sum + parametersOf(operation), 0);
  return {
    kind: 'runStarted',
    name: recipe.name,
    model: recipe.model,
    classes,
    train: dataset.train.length,
    test: dataset.test.length,
    trainable,
    parameters: countParameters(model.root),
    epochs: recipe.epochs,
    engine: `${engine.name} ${engine.version}`,
    engineReason: engine.reason,
    runFolder: folder,
  };
}

function parametersOf(operation: GraphNode['operation']): number {
  if (operation.type === 'Add' || operation.type === 'Concat') return 0;
  if (operation.type === 'Flatten' || operation.type === 'DropPath') return 0;
  return parameterShapes(operation)
    .filter(({ kind }) => kind === 'parameter')
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

function planOf(model: Model, recipe: Recipe): TrainingPlan {
  const { isFrozen } = resolveFreeze(model.root, recipe.freeze);
  const plan = planTraining(buildGraph(model.root), isFrozen, recipe.frozenBatchNorm);
  if (!plan.trainable.includes(true)) {
    throw new UserError(
      `freeze: nothing is left to train; take "${model.head}", the layer that gives the classes, out of the list.`,
    );
  }
  return plan;
}

function unusedNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `unused ${index + 1}`);
}

async function* told<Result>(work: Work<Result>): AsyncGenerator<TrainingEvent, Result> {
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value;
    yield { kind: 'progress', ...(step.value satisfies Progress) };
  }
}

function note(message: string): TrainingEvent {
  return { kind: 'note', message };
}

function channelsLast(shape: readonly number[]): readonly number[] {
  const [channels, ...rest] = shape;
  return [...rest, channels!];
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toPrecision(3)} KB` : `${(bytes / 1e6).toPrecision(3)} MB`;
}
