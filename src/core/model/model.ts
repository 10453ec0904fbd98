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
  /**
   * Path of the module whose last output says most of a picture and still says where: what the convolutions make of it,
   * before it is pooled or flattened, or the tokens that the last block of a transformer looks at.
   */
  readonly features: string;
  readonly initialization: Initialization;
  /** The evaluation transform that its published weights come with; its crop is the size the model is meant for. */
  readonly preprocessing: Preprocessing;
  /** The keys of published files, where they are of another time than torchvision's modules: what a key is now. */
  readonly publishedKey?: (key: string) => string;
}

/** What most of torchvision's weights come with. */
export const imagenetPreprocessing: Preprocessing = {
  resize: 256,
  crop: 224,
  interpolation: 'bilinear',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** The evaluation transform for images of `imageSize` pixels, cut out of a short side longer by as much as the published one. */
export function preprocessingFor({ preprocessing }: Model, imageSize: number): Preprocessing {
  const { resize, crop } = preprocessing;
  return { ...preprocessing, resize: Math.round((imageSize * resize) / crop), crop: imageSize };
}
