import { publishedImageSize } from './publishedImageSize';
import type { Recipe, UnfreezeStage } from './recipe';
import { fieldSchema } from './recipeSchema';
import type { JsonValue } from './recipeText';

/** What of a recipe decides how its model looks and what of it trains. */
export interface LayerFields extends Pick<
  Recipe,
  'classes' | 'freeze' | 'frozenBatchNorm' | 'imageSize' | 'augment' | 'cachedViews'
> {
  readonly mixes: boolean;
  /** Stages whose epoch and layers can be meant. */
  readonly unfreeze: readonly Pick<UnfreezeStage, 'epoch' | 'freeze'>[];
  /** Undefined where the recipe names none. */
  readonly model: string | undefined;
}

/** Reads them from a recipe that may be wrong elsewhere: a value that cannot be meant counts as left out. */
export function layerFields(recipe: JsonValue): LayerFields {
  const fields = typeof recipe === 'object' && recipe !== null && !Array.isArray(recipe) ? recipe : {};
  const { freeze, unfreeze } = fields;
  const model = typeof fields.model === 'string' && fields.model !== '' ? fields.model : undefined;
  return {
    model,
    classes: wholeNumber(fields, 'classes'),
    freeze: pathsIn(freeze),
    unfreeze: (Array.isArray(unfreeze) ? unfreeze : []).flatMap(stageIn),
    frozenBatchNorm: fields.frozenBatchNorm === 'train' ? 'train' : 'eval',
    imageSize: wholeNumber(fields, 'imageSize') ?? publishedImageSize(model),
    cachedViews: wholeNumber(fields, 'cachedViews'),
    augment: augmentOf(fields.augment),
    mixes: fields.mixup !== undefined,
  };
}

function stageIn(value: JsonValue): LayerFields['unfreeze'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const { epoch, freeze } = value;
  return typeof epoch === 'number' ? [{ epoch, freeze: pathsIn(freeze) }] : [];
}

function pathsIn(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter(path => typeof path === 'string') : [];
}

function augmentOf(value: JsonValue | undefined): LayerFields['augment'] {
  return value === 'none' || value === 'crop-flip' || value === 'randaugment' ? value : 'flip';
}

function wholeNumber(fields: Readonly<Record<string, JsonValue>>, name: string): number | undefined {
  const value = fields[name];
  const { minimum = -Infinity, maximum = Infinity } = fieldSchema([name]) ?? {};
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum;
  return fits ? value : undefined;
}
