import { createHash } from 'node:crypto';
import type { Sample } from '../dataset/dataset';
import { parameterLayers, type ParameterLayer } from '../model/parameterLayers';
import { drawsCrops } from '../recipe/drawsCrops';
import type { EarlyStoppingRecipe, Recipe } from '../recipe/recipe';
import type { ResolvedRun } from '../run/runFolder';
import { learningRate } from '../training/schedulers';
import type { RunDescription } from '../training/trainer';

/** Raise it, here and in `media/torchrun/plan.py`, when a field changes. */
const FORMAT = 3;

/** All that PyTorch's processes need to know of a run: paths, names and numbers. `media/torchrun/plan.py` reads it. */
export interface TorchrunPlan extends SharedPlan {
  readonly format: number;
  /** The run folder, and the file of the weights that training begins with; null on machines that help. */
  readonly folder: string | null;
  readonly weights: string | null;
  /** Of all that must be the same on every machine. */
  readonly digest: string;
  readonly train: PlannedPictures;
  readonly test: PlannedPictures;
}

interface SharedPlan {
  readonly model: string;
  readonly classes: readonly string[];
  readonly freeze: readonly string[];
  readonly frozenBatchNorm: Recipe['frozenBatchNorm'];
  readonly labelSmoothing: number;
  /** By class; null: all the same. */
  readonly classWeights: readonly number[] | null;
  readonly sampling: Recipe['sampling'];
  readonly optimizer: Recipe['optimizer'];
  /** Of each epoch. */
  readonly learningRates: readonly number[];
  /** Of the average that is tested and kept; null: the weights themselves are. */
  readonly averagingDecay: number | null;
  /** Null: trains to the end. */
  readonly earlyStopping: EarlyStoppingRecipe | null;
  /** Pictures of all processes together. */
  readonly batchSize: number;
  readonly seed: number;
  readonly augment: Recipe['augment'];
  /** Crops of a picture that are used in turn; null: new ones in every epoch. */
  readonly cachedViews: number | null;
  readonly precision: Recipe['precision'];
  readonly preprocessing: ResolvedRun['preprocessing'];
  readonly layers: readonly ParameterLayer[];
}

/** A phase's pictures: where this machine has them, how a person names them, indices into the classes. */
interface PlannedPictures {
  readonly files: readonly string[];
  readonly images: readonly string[];
  readonly labels: readonly number[];
}

/** The plan of a run for this machine; `leads` where it has the run folder. */
export function torchrunPlan(
  run: RunDescription,
  leads: { readonly folder: string; readonly weights: string } | undefined,
): TorchrunPlan {
  const { recipe, classes, preprocessing, model, dataset } = run;
  const { freeze, frozenBatchNorm, optimizer, batchSize, seed, augment, precision } = recipe;
  const { labelSmoothing, sampling } = recipe;
  const shared: SharedPlan = {
    ...{
      model: recipe.model,
      classes,
      freeze,
      frozenBatchNorm,
      optimizer,
      batchSize,
      seed,
      augment,
      precision,
    },
    learningRates: Array.from({ length: recipe.epochs }, (_, epoch) =>
      learningRate(recipe.scheduler, optimizer.lr, epoch, recipe.epochs),
    ),
    averagingDecay: recipe.averaging?.decay ?? null,
    earlyStopping: recipe.earlyStopping ?? null,
    ...{ labelSmoothing, classWeights: run.classWeights ?? null, sampling },
    cachedViews: keepsViews(run) ? recipe.cachedViews! : null,
    preprocessing,
    layers: parameterLayers(model.root, freeze),
  };
  const train = pictures(dataset.train);
  const test = pictures(dataset.test);
  const named = [train, test].map(({ images, labels }) => ({ images, labels }));
  const digest = createHash('sha256')
    .update(JSON.stringify([FORMAT, shared, named]))
    .digest('hex');
  const { folder = null, weights = null } = leads ?? {};
  return { format: FORMAT, folder, weights, digest, ...shared, train, test };
}

/** Whether the in-process engines would use a picture's crops in turn: where they keep what frozen layers give. */
function keepsViews({ recipe, plan }: RunDescription): boolean {
  const keepsFeatures =
    plan.prefix.length > 0 && !(recipe.frozenBatchNorm === 'train' && recipe.freeze.length > 0);
  return drawsCrops(recipe.augment) && recipe.cachedViews !== undefined && keepsFeatures;
}

function pictures(samples: readonly Sample[]): PlannedPictures {
  return {
    files: samples.map(({ file }) => file),
    images: samples.map(({ image }) => image),
    labels: samples.map(({ label }) => label),
  };
}
