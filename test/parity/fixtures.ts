import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Preprocessing } from '../../src/core/image/preprocessing';
import { findModel } from '../../src/core/model/catalog';
import type { Leaf } from '../../src/core/model/layerTree';
import type { Model } from '../../src/core/model/model';
import { vgg } from '../../src/core/model/vgg';
import { visionTransformer } from '../../src/core/model/visionTransformer';
import type { AveragingRecipe, OptimizerRecipe, ParameterGroup } from '../../src/core/recipe/recipe';
import type { Digest } from './hashNetwork';

/** What PyTorch says of an architecture with its 1000 classes, and the logits of its hash network. */
export interface ArchitectureFixture {
  readonly name: string;
  readonly parameters: number;
  /** `path Type AxBxC`: as `named_modules()` orders them, with the output of a 224 x 224 image. */
  readonly modules: readonly string[];
  /** `key extent extent ...`, in order. */
  readonly stateDict: readonly string[];
  /** What torchvision publishes for it; the weights of EfficientNet-Lite0 are of another package. */
  readonly published?: {
    readonly weights: string;
    readonly url: string;
    readonly preprocessing: Preprocessing;
  };
  /** Of `hashPixels('pixels', values.length, imageSize)` at test time, the head replaced to `classes`. */
  readonly logits: {
    readonly classes: number;
    readonly imageSize: number;
    readonly gain: number;
    readonly values: readonly (readonly number[])[];
  };
  readonly step?: StepFixture;
}

/**
 * The loss and some gradients, by their keys, of `hashPixels(pictures, batch, imageSize)` in training, from the weights of
 * `logits` with other classes; the label of image i is i % classes, and nothing is dropped.
 */
export interface StepFixture {
  readonly pictures: string;
  /** Whether batch norms train, or are frozen and keep their statistics. */
  readonly batchNorm: 'train' | 'eval';
  readonly imageSize: number;
  readonly batch: number;
  readonly classes: number;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Digest>>;
}

/** One layer, forward and backward, as operations.py computes it. */
export interface OperationFixture {
  readonly layer: Leaf;
  /** Of the input [3, size, size, 6]: `hashValues('x', ...)`, ten times that for activations. */
  readonly size: number;
  /** Of the output, images as [batch, height, width, channels]; dy is `hashValues('dy', ...)`. */
  readonly shape: readonly number[];
  /** Of `y`, `dx` and, in PyTorch's layout, the gradients of parameters and the statistics afterwards. */
  readonly digests: Readonly<Record<string, Digest>>;
}

export interface TrainingFixture {
  readonly model: string;
  /** Images of a batch; the label of image i is i % classes. */
  readonly batch: number;
  readonly classes: number;
  readonly runs: readonly TrainingRun[];
}

/** What PyTorch's hooks make of Grad-CAM, as grad_cam.py computes it. */
export interface GradCamFixture {
  readonly classes: number;
  /** Side of the maps `upsampled`. */
  readonly upsampled: number;
  readonly cases: readonly {
    readonly name: string;
    /** The module whose last output is weighed. */
    readonly features: string;
    /** Of `hashPixels('gradcam', explained.length, imageSize)`, the weights being `hashWeights(shapes, gain)`. */
    readonly imageSize: number;
    readonly gain: number;
    /** The class of each picture. */
    readonly explained: readonly number[];
    /** [picture, row, column], before they are divided by their largest value. */
    readonly maps: readonly (readonly (readonly number[])[])[];
    /** The first map, divided by its largest value and resized. */
    readonly upsampled: readonly (readonly number[])[];
  }[];
}

/** Five steps from `hashWeights(shapes, gain)`, step i on `hashPixels(batches[i], batch, imageSize)`. */
export interface TrainingRun {
  readonly name: string;
  readonly imageSize: number;
  readonly gain: number;
  readonly optimizer: OptimizerRecipe;
  readonly freeze: readonly string[];
  readonly frozenBatchNorm: 'eval' | 'train';
  readonly labelSmoothing?: number;
  /** By class. */
  readonly classWeights?: readonly number[];
  readonly groups?: readonly ParameterGroup[];
  /** Digests are then of the averages. */
  readonly averaging?: AveragingRecipe;
  /** From this step on, counted from 0, others are frozen and the learning rate is another. */
  readonly unfreeze?: { readonly step: number; readonly freeze: readonly string[]; readonly lr: number };
  readonly batches: readonly string[];
  /** Of each step, before its update. */
  readonly losses: readonly number[];
  /** How far PyTorch in float32 ends from PyTorch in float64, relative to a tensor's largest value. */
  readonly rounding: number;
  /** Digests after one and after five steps of the tensors that changed; all others are bit-identical to the start. */
  readonly after1: Readonly<Record<string, Digest>>;
  readonly after5: Readonly<Record<string, Digest>>;
}

export const trainingModels = ['resnet18', 'vggSmall', 'vggSmall_bn'] as const;

/** What PyTorch says of the model of that name. */
export function architectureFixture(name: string): ArchitectureFixture {
  return read(name) as ArchitectureFixture;
}

/** The training steps that PyTorch took with one of `trainingModels`. */
export function trainingFixture(model: (typeof trainingModels)[number]): TrainingFixture {
  return read(`training-${model}`) as TrainingFixture;
}

/** What PyTorch says of single layers. */
export function operationFixtures(): readonly OperationFixture[] {
  return (read('operations') as { operations: readonly OperationFixture[] }).operations;
}

/** What PyTorch says of Grad-CAM. */
export function gradCamFixture(): GradCamFixture {
  return read('../gradCam') as GradCamFixture;
}

/** A model of the catalog, or `vitSmall`: a vision transformer for pictures of 64 x 64, small enough to train in a test. */
export function fixtureModel(name: string): Model {
  if (name !== 'vitSmall') return findModel(name);
  return visionTransformer(name, {
    ...{ imageSize: 64, patchSize: 16, layers: 2, heads: 4, features: 48, hidden: 96 },
  });
}

/** The small VGG of the training fixtures: `vggSmall` or `vggSmall_bn`. Its dropout drops nothing. */
export function smallVgg(name: 'vggSmall' | 'vggSmall_bn', classes: number): Model {
  return vgg(name, {
    widths: [8, 'M', 16, 'M', 32, 'M'],
    batchNorm: name === 'vggSmall_bn',
    hidden: 32,
    dropout: 0,
    classes,
  });
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, '..', 'fixtures', 'models', `${name}.json`), 'utf8'));
}
