import assert from 'node:assert/strict';
import type { Evaluator } from '../../../src/core/training/trainedModel';
import { buildGraph, type GraphNode } from '../../../src/core/model/graph';
import { replaceHead } from '../../../src/core/model/replaceHead';
import { stateDictShapes } from '../../../src/core/model/stateDictShapes';
import type { Preprocessing } from '../../../src/core/image/preprocessing';
import type { StateDict } from '../../../src/core/weights/stateDict';
import { architectureFixture, fixtureModel } from '../../parity/fixtures';
import { hashPixels, hashWeights } from '../../parity/hashNetwork';
import type { ContractEngine } from '../engine/contract/engines';

/**
 * One of each family: shortcuts, ceil mode and concatenation, depthwise, padding of TensorFlow's kind, pooling to more,
 * squeeze and excitation with either sigmoid, average pooling, groups, layer normalization of images, attention.
 */
export const eachFamily = [
  ...['resnet18', 'squeezenet1_1', 'mobilenet_v2', 'efficientnet_lite0', 'vgg11_bn'],
  ...['mobilenet_v3_small', 'efficientnet_b0', 'densenet121', 'regnet_y_400mf'],
  ...['convnext_tiny', 'vitSmall'],
];

/** Of those, what an engine has to compute; one that is slow here, two with small pictures. */
export function familiesFor({ slow }: ContractEngine): readonly string[] {
  return slow ? ['mobilenet_v3_small', 'efficientnet_b0'] : eachFamily;
}

export interface HashSource {
  readonly name: string;
  readonly graph: readonly GraphNode[];
  readonly tensors: StateDict;
  readonly preprocessing: Preprocessing;
  readonly classes: number;
}

/** The seeded network of the fixtures, for images that are normalized already unless told otherwise. */
export function hashSource(name: string, preprocessing?: Preprocessing): HashSource {
  const { classes, gain, imageSize } = architectureFixture(name).logits;
  const model = replaceHead(fixtureModel(name), classes);
  const normalized: Preprocessing = {
    ...{ resize: imageSize, crop: imageSize, interpolation: 'bilinear' },
    ...{ mean: [0, 0, 0], std: [1, 1, 1] },
  };
  return {
    ...{ name, graph: buildGraph(model.root), classes, preprocessing: preprocessing ?? normalized },
    tensors: hashWeights(stateDictShapes(model.root), gain),
  };
}

/** Whether what was exported of `hashSource(name)` gives torchvision's probabilities; it is disposed. */
export async function assertProbabilities(
  name: string,
  network: Evaluator,
  tolerance: number,
): Promise<void> {
  const { imageSize, values } = architectureFixture(name).logits;
  const pixels = hashPixels('pixels', values.length, imageSize);
  const found = await network.evaluateStep({ pixels, size: imageSize });
  network.dispose();
  const largest = Math.max(...values.flat().map(Math.abs));
  for (const [row, logits] of values.entries()) {
    const sum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
    for (const [i, logit] of logits.entries()) {
      const difference = Math.abs(found[row * logits.length + i]! - (logit - sum));
      assert.ok(difference < tolerance * largest, `picture ${row}, class ${i}: off by ${difference}`);
    }
  }
}
