import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import type { PreparationEvent } from '../../protocol/trainingEvent';
import { loadDataset, outputCount } from '../dataset/loadDataset';
import type { Work } from '../progress';
import { findModel } from '../model/catalog';
import { frozenGroupNotes } from '../model/parameterGroups';
import type { Recipe } from '../recipe/recipe';
import { stagesOf } from '../recipe/stages';
import { TorchrunTrainer } from '../torchrun/torchrunTrainer';
import { UserError } from '../userError';
import { startingWeights } from '../weights/startingWeights';
import { averagingNotes } from './averagingNotes';
import { balanceNotes, classWeights, countPerClass } from './classBalance';
import { describeModel, planOf } from './describeModel';
import { frozenLateNotes } from './frozenLateNotes';
import { LocalTrainer } from './localTrainer';
import { told } from './told';
import type { RunDescription, Trainer, TrainOptions } from './trainer';

/** A run, and what will train it: it holds the starting weights, and whoever prepared the run disposes it. */
export interface PreparedRun extends RunDescription {
  readonly trainer: Trainer;
}

export interface PrepareOptions extends Pick<TrainOptions, 'workspace' | 'signal'> {
  /** The Python that has PyTorch, for the engine torchrun; undefined: the first on the PATH. */
  readonly python?: string | undefined;
}

/**
 * Reads the data, builds the model and gives its trainer the weights. Every mistake in a recipe or its data is a
 * UserError from here, before anything is written.
 */
export async function* prepareRun(
  recipe: Recipe,
  { workspace, python, signal }: PrepareOptions,
): AsyncGenerator<PreparationEvent, PreparedRun> {
  // Whatever can be wrong without looking at the pictures is said before they are all read.
  const plan = planOf(recipe);
  await requireWeights(recipe.weights);
  const trainer =
    recipe.engine === 'torchrun'
      ? await TorchrunTrainer.open(recipe, python, signal)
      : await LocalTrainer.open(recipe.engine, recipe.device);

  const cacheFolder = join(workspace, '.thaw', 'cache');
  const dataset = yield* told(loadDataset(recipe.data, { seed: recipe.seed, cacheFolder, signal }));
  for (const { image, reason } of dataset.skipped) yield { kind: 'imageSkipped', image, reason };
  for (const message of dataset.notes) yield { kind: 'note', message };
  const outputs = outputCount(dataset.classes, recipe.classes);
  const unused = Array.from({ length: outputs - dataset.classes.length }, (_, i) => `unused ${i + 1}`);
  if (unused.length > 0) {
    const message = t(
      'Only {0} of the {1} output classes have pictures, so that the others can never be ' +
        'right; leave out "classes" to have as many as the data has.',
      dataset.classes.length,
      outputs,
    );
    yield { kind: 'note', message };
  }
  if (recipe.weights === 'none' && recipe.freeze.length > 0) {
    const message = t(
      'The frozen layers have random weights, since "weights" is "none": freezing makes sense with pretrained ones.',
    );
    yield { kind: 'note', message };
  }

  const classes = [...dataset.classes, ...unused];
  const counts = countPerClass(dataset.train, outputs);
  const weights = classWeights(recipe.classWeights, classes, counts);
  for (const message of [
    ...balanceNotes(recipe, classes, counts),
    ...frozenGroupNotes(findModel(recipe.model).root, stagesOf(recipe).at(-1)!.freeze, recipe.optimizer),
    ...averagingNotes(recipe, dataset.train.length),
  ]) {
    yield { kind: 'note', message };
  }
  const described = {
    recipe,
    dataset,
    classes,
    classWeights: weights,
    ...describeModel(recipe, outputs, plan),
  };
  for (const message of frozenLateNotes(recipe, described.graph, plan)) yield { kind: 'note', message };
  // In a generator of its own: the weights of a large network must not outlive their way into the trainer.
  const load = async function* (): Work<RunDescription> {
    const { tensors, source } = yield* startingWeights(described.model, recipe, { signal });
    const run = { ...described, weightsSource: source };
    trainer.load(run, tensors);
    return run;
  };
  return { ...(yield* told(load())), trainer };
}

async function requireWeights(weights: string): Promise<void> {
  if (weights === 'none' || weights === 'imagenet') return;
  await access(weights).catch(() => {
    throw new UserError(
      t('weights: there is no file {0}; name one, or write "imagenet" or "none".', weights),
    );
  });
}
