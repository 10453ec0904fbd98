import { basename } from 'node:path';
import { t } from '../../protocol/language';
import { sha256OfFile } from '../download/sha256OfFile';
import { isContainer, namedLayers, type Leaf } from '../model/layerTree';
import type { Model } from '../model/model';
import { stateDictShapes } from '../model/stateDictShapes';
import type { Work } from '../progress';
import type { Recipe } from '../recipe/recipe';
import { UserError } from '../userError';
import { initialLayer, initialWeights } from './initialWeights';
import { loadWeights } from './loadWeights';
import { pretrainedWeights } from './pretrained';
import type { StateDict, TensorValue } from './stateDict';
import { compareStateDict, describeMismatch } from './stateDictMismatch';

/** The state dict training begins with, whole, and where it came from. */
export interface StartingWeights {
  readonly tensors: StateDict;
  readonly source: { readonly file: string; readonly sha256: string } | { readonly seed: number };
}

/**
 * The weights a recipe names, in a model whose head already has the recipe's classes. ImageNet's head gives way to a
 * fresh one; a file's head is kept when its shape fits. A file that does not fit is a UserError that lists the keys.
 */
export async function* startingWeights(
  model: Model,
  recipe: Pick<Recipe, 'weights' | 'seed'>,
  { signal }: { readonly signal: AbortSignal },
): Work<StartingWeights> {
  const { weights, seed } = recipe;
  if (weights === 'none') return { tensors: initialWeights(model, seed), source: { seed } };
  const imagenet = weights === 'imagenet';
  const file = imagenet ? yield* pretrainedWeights(model.name, { signal }) : weights;
  const { tensors: given } = await loadWeights(file);
  const { publishedKey = key => key } = model;
  const tensors: StateDict = new Map([...given].map(([key, tensor]) => [publishedKey(key), tensor]));
  const expected = stateDictShapes(model.root);
  const mismatch = describeMismatch(compareStateDict(expected, tensors, model.head), {
    file: basename(file),
    model: model.name,
  });
  if (mismatch) throw new UserError(t('weights: {0}', mismatch));

  const fresh = initialLayer(model.head, headOf(model), seed);
  const headFits = !imagenet && fits(fresh, tensors);
  const filled = new Map<string, TensorValue>();
  for (const [key, shape] of expected) {
    const isHead = fresh.has(key);
    const given = isHead && !headFits ? fresh.get(key) : tensors.get(key);
    // Files from before batch norm counted its batches lack the counter.
    filled.set(key, given ?? { dtype: 'int64', shape, data: new BigInt64Array(1) });
  }
  return { tensors: filled, source: { file, sha256: await sha256OfFile(file, { signal }) } };
}

function fits(fresh: StateDict, given: StateDict): boolean {
  return [...fresh].every(([key, { shape }]) => given.get(key)?.shape.join() === shape.join());
}

function headOf({ root, head }: Model): Leaf {
  for (const [path, layer] of namedLayers(root)) {
    if (path === head && !isContainer(layer)) return layer;
  }
  throw new Error(`The model has no layer ${head}`);
}
