import { t } from '../../protocol/language';
import { findModel, modelNames } from '../../core/model/catalog';
import { isContainer, namedLayers, type Layer } from '../../core/model/layerTree';
import { fieldSchema } from '../../core/recipe/recipeSchema';

/** What a count of classes that someone typed means: refused, taken with a doubt, or taken. */
export interface ClassCountCheck {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** Undefined: as many as the data has. Meaningless where refused. */
  readonly classes: number | undefined;
}

export interface ClassCountContext {
  /** Undefined where the recipe names none that there is. */
  readonly model: string | undefined;
  /** Of the data; undefined where that is not known. */
  readonly dataClasses: readonly string[] | undefined;
}

/** Checks a typed count of output classes. */
export function checkClassCount(typed: string, { model, dataClasses }: ClassCountContext): ClassCountCheck {
  const text = typed.trim();
  const { minimum = 2, maximum = Infinity } = fieldSchema(['classes']) ?? {};
  const count = dataClasses?.length;
  if (text === '') {
    const layer = replacedLayer(model, count);
    const message = t(
      'As many as the data has{0}. {1}',
      count === undefined ? '' : t(', now {0}', count),
      layer,
    ).trim();
    return { severity: 'info', message, classes: undefined };
  }
  const classes = Number(text);
  const refuse = (message: string): ClassCountCheck => ({ severity: 'error', message, classes: undefined });
  if (!/^\d+$/.test(text) || classes < minimum || classes > maximum) {
    return refuse(
      t('The number of classes must be a whole number from {0} to {1}, not {2}.', minimum, maximum, text),
    );
  }
  if (count !== undefined && classes < count) {
    return refuse(
      t('The data has {0} classes ({1}): at least {0} outputs are needed.', count, namesOf(dataClasses!)),
    );
  }
  const layer = replacedLayer(model, classes);
  if (count === undefined || classes === count) return { severity: 'info', message: layer, classes };
  const message = t(
    'The data has only {0} classes: {1} outputs would never be right. {2}',
    count,
    classes - count,
    layer,
  );
  return { severity: 'warning', message, classes };
}

/** "fc becomes Linear 512 → 2 (was 1000), with fresh weights." Empty where the model is not known. */
export function replacedLayer(name: string | undefined, classes: number | undefined): string {
  if (name === undefined || !modelNames.includes(name)) return '';
  const { root, head } = findModel(name);
  const layer = new Map(namedLayers(root)).get(head)!;
  const [inputs, outputs] = ends(layer);
  const now = classes === undefined ? t('one output for each class') : String(classes);
  return t(
    '{0}: {1} {2} → {3} is replaced by {1} {2} → {4}, with fresh weights.',
    head,
    layer.type,
    inputs,
    outputs,
    now,
  );
}

function ends(layer: Layer): readonly [number, number] {
  if (!isContainer(layer) && layer.type === 'Linear') return [layer.inFeatures, layer.outFeatures];
  if (!isContainer(layer) && layer.type === 'Conv2d') return [layer.inChannels, layer.outChannels];
  throw new Error(`A ${layer.type} cannot be a head`);
}

function namesOf(classes: readonly string[]): string {
  const most = 8;
  return (
    classes.slice(0, most).join(', ') +
    (classes.length > most ? t(' and {0} more', classes.length - most) : '')
  );
}
