import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import { findModel } from '../model/catalog';
import type { Model } from '../model/model';
import { replaceHead } from '../model/replaceHead';
import { stateDictShapes } from '../model/stateDictShapes';
import { parseRecipe } from '../recipe/parseRecipe';
import { readRunSettings, runFiles, type RunSettings } from '../run/runFolder';
import { UserError } from '../userError';
import { loadWeights } from '../weights/loadWeights';
import type { LoadedWeights } from '../weights/safetensors';
import { compareStateDict, describeMismatch } from '../weights/stateDictMismatch';

/** The best epoch of a run, without an engine to run it. */
export interface TrainedWeights extends LoadedWeights {
  readonly settings: RunSettings;
  /** With a head for the run's classes. */
  readonly model: Model;
}

/** Reads a run folder; one without best weights, or whose weights do not fit its recipe, is a UserError. */
export async function readTrainedWeights(folder: string): Promise<TrainedWeights> {
  const { resolved, ...written } = await readRunSettings(folder);
  // Somebody may have edited it, or made it up.
  const recipe = parseRecipe(JSON.stringify(written.recipe), { folder, file: runFiles.recipe });
  const file = join(folder, runFiles.bestWeights);
  await access(file).catch(() => {
    throw new UserError(t('The run {0} has no best weights: no epoch of it was finished.', folder));
  });
  const model = replaceHead(findModel(recipe.model), resolved.classes.length);
  const weights = await loadWeights(file);
  const mismatch = compareStateDict(stateDictShapes(model.root), weights.tensors, '');
  const message = describeMismatch(mismatch, { file: runFiles.bestWeights, model: model.name });
  if (message) throw new UserError(message);
  return { ...weights, settings: { recipe, resolved }, model };
}
