import { findModel, modelNames } from '../../core/model/catalog';
import { forwardCost } from '../../core/model/computeCost';
import { countParameters } from '../../core/model/stateDictShapes';
import { t } from '../../protocol/language';

/** A model to choose from. */
export interface ModelChoice {
  readonly name: string;
  /** In a few words, what speaks for it. Empty for the others of its family. */
  readonly remark: string;
  readonly parameters: number;
  /** Of its float32 weights, in bytes. */
  readonly bytes: number;
  /** Multiply-adds of one picture of the size that the weights are meant for. */
  readonly cost: number;
}

/** What speaks for a model, by its name. */
function remarks(): Readonly<Record<string, string>> {
  return {
    efficientnet_lite0: t('small and good: the one to begin with'),
    resnet18: t('the usual first choice'),
    resnet50: t('better, with more than twice the work'),
    mobilenet_v2: t('small, for phones'),
    squeezenet1_1: t('the smallest'),
    vgg16: t('old and large; its features are plain to see'),
  };
}

/** All models, those with a remark first. */
export function modelChoices(): readonly ModelChoice[] {
  const remarkOf = remarks();
  const known = Object.keys(remarkOf);
  const names = [...known, ...modelNames.filter(name => !known.includes(name))];
  return names.map(name => {
    const { root, preprocessing } = findModel(name);
    const parameters = countParameters(root);
    const imageSize = preprocessing.crop;
    const { total } = forwardCost(root, { isFrozen: () => false, frozenBatchNorm: 'eval', imageSize });
    return { name, remark: remarkOf[name] ?? '', parameters, bytes: 4 * parameters, cost: total };
  });
}
