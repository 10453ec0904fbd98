import type { Preprocessing } from '../image/preprocessing';
import type { Initialization } from './initialization';
import type { Container } from './layerTree';

/** An architecture: plain data and no tensors, apart from the rule for its first values. */
export interface Model {
  /** As in a recipe: `resnet18`. */
  readonly name: string;
  readonly root: Container;
  /** Path of the layer that gives the logits, which is replaced when the classes change. */
  readonly head: string;
  /** Path of the module whose last output is what the convolutions make of a picture, before it is pooled or flattened. */
  readonly features: string;
  readonly initialization: Initialization;
  /** What its published weights were trained with: pixels in [0, 1] become (pixel - mean) / std. */
  readonly normalization: Pick<Preprocessing, 'mean' | 'std'>;
}

export const imagenetNormalization: Model['normalization'] = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** The evaluation transform for images of `imageSize` pixels, cut out of a short side 256/224 as long, as torchvision does. */
export function preprocessingFor(model: Model, imageSize: number): Preprocessing {
  return { resize: Math.round((imageSize * 256) / 224), crop: imageSize, ...model.normalization };
}
