import { findModel } from '../model/catalog';
import { forwardCost } from '../model/computeCost';
import { resolveFreeze } from '../model/freezeSet';
import type { Recipe } from '../recipe/recipe';
import { viewsOf } from './keepFeatures';

/** Seconds that a picture of each phase costs: once, for the frozen part whose features are kept, and in an epoch. */
export interface TrialCost {
  readonly once: { readonly train: number; readonly test: number };
  readonly epoch: { readonly train: number; readonly test: number };
}

/** A step of training goes forward, and back for the inputs and for the weights. */
const TRAINING_PASSES = 3;

/** What a freeze set costs, from what a picture takes forward through all of the network. */
export function adviceCosts(
  recipe: Pick<
    Recipe,
    | 'model'
    | 'freeze'
    | 'frozenBatchNorm'
    | 'imageSize'
    | 'mixup'
    | 'augment'
    | 'cachedViews'
    | 'epochs'
    | 'seed'
  >,
  secondsPerPicture: number,
): TrialCost {
  const { frozenBatchNorm, imageSize } = recipe;
  const { root } = findModel(recipe.model);
  const { isFrozen } = resolveFreeze(root, recipe.freeze);
  const { total, fixed } = forwardCost(root, { isFrozen, frozenBatchNorm, imageSize });
  const [frozen, rest] = [(fixed / total) * secondsPerPicture, (1 - fixed / total) * secondsPerPicture];
  const views = recipe.mixup ? undefined : viewsOf(recipe);
  const trained = TRAINING_PASSES * rest;
  if (fixed === 0 || !views) {
    return { once: { train: 0, test: 0 }, epoch: { train: frozen + trained, test: frozen + rest } };
  }
  return { once: { train: views.length * frozen, test: frozen }, epoch: { train: trained, test: rest } };
}
