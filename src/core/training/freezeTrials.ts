import type { FreezeTrial } from '../../protocol/adviceEvent';
import { t } from '../../protocol/language';
import { findModel } from '../model/catalog';
import { frozenLeaves } from '../model/freezeEdits';
import { freezeFor } from '../model/freezeFor';
import { holdsParameters, namedLayers } from '../model/layerTree';
import { fineTuneCases, type FineTuneCase } from '../recipe/fourCases';
import type { Recipe } from '../recipe/recipe';

/** What trains in each of the four cases. */
const TRAINS: Readonly<Record<FineTuneCase['number'], string>> = {
  get 1() {
    return t('only the new last layer');
  },
  get 2() {
    return t('the upper half');
  },
  get 3() {
    return t('everything, from random weights');
  },
  get 4() {
    return t('everything');
  },
};
/** Cheapest first, so that what there is time for is tried; random weights last, which seldom win. */
const ORDER: readonly FineTuneCase['number'][] = [1, 2, 4, 3];

/**
 * The freeze sets of the four cases for a recipe's model, each once, and the recipe's own where it is another. What starts
 * with pretrained weights has the recipe's, or ImageNet's where it has none.
 */
export function freezeTrials(recipe: Pick<Recipe, 'model' | 'freeze' | 'weights'>): readonly FreezeTrial[] {
  const { model, freeze, weights } = recipe;
  const { root } = findModel(model);
  const layers = new Map(namedLayers(root));
  // Whether dropout is frozen along with what is around it makes no other freeze set.
  const learns = (path: string): boolean => holdsParameters(layers.get(path)!);
  const key = (freeze: readonly string[], weights: string): string =>
    JSON.stringify([[...frozenLeaves(root, freeze)].filter(learns).sort(), weights]);
  const own = key(freeze, weights);
  const pretrained = weights === 'none' ? 'imagenet' : weights;
  const trials = ORDER.map((number): FreezeTrial => {
    const known = fineTuneCases.find(one => one.number === number)!;
    const begins = known.weights === 'none' ? 'none' : pretrained;
    const isRecipe = key(freezeFor(model, known), begins) === own;
    const frozen = isRecipe ? freeze : freezeFor(model, known);
    const changes = begins !== weights && (begins === 'none' || begins === 'imagenet');
    return {
      trains: TRAINS[number],
      freeze: frozen,
      weights: begins,
      newWeights: changes ? begins : null,
      isRecipe,
    };
  });
  const distinct = trials.filter(
    (trial, index) =>
      trials.findIndex(other => key(other.freeze, other.weights) === key(trial.freeze, trial.weights)) ===
      index,
  );
  if (distinct.some(({ isRecipe }) => isRecipe)) return distinct;
  const [first, ...others] = distinct;
  const trains = t('what the recipe does not freeze');
  return [first!, { trains, freeze, weights, newWeights: null, isRecipe: true }, ...others];
}
