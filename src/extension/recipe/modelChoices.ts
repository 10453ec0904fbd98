import { findModel, modelNames } from '../../core/model/catalog';
import { forwardCost } from '../../core/model/computeCost';
import { countParameters } from '../../core/model/stateDictShapes';

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

const REMARKS: Readonly<Record<string, string>> = {
  efficientnet_lite0: 'small and good: the one to begin with',
  resnet18: 'the usual first choice',
  resnet50: 'better, with more than twice the work',
  mobilenet_v2: 'small, for phones',
  squeezenet1_1: 'the smallest',
  vgg16: 'old and large; its features are plain to see',
};

/** All models, those with a remark first. */
export function modelChoices(): readonly ModelChoice[] {
  const known = Object.keys(REMARKS);
  const names = [...known, ...modelNames.filter(name => !known.includes(name))];
  return names.map(name => {
    const { root, preprocessing } = findModel(name);
    const parameters = countParameters(root);
    const imageSize = preprocessing.crop;
    const { total } = forwardCost(root, { isFrozen: () => false, frozenBatchNorm: 'eval', imageSize });
    return { name, remark: REMARKS[name] ?? '', parameters, bytes: 4 * parameters, cost: total };
  });
}
