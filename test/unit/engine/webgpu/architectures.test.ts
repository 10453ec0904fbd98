import assert from 'node:assert/strict';
import { reshape, slice, type Tensor } from '@tensorflow/tfjs-core';
import { openEngine } from '../../../../src/core/engine/chooseEngine';
import { tensorCount } from '../../../../src/core/engine/network';
import { createOptimizer } from '../../../../src/core/engine/optimizers';
import { buildGraph } from '../../../../src/core/model/graph';
import { stateDictShapes } from '../../../../src/core/model/stateDictShapes';
import { planTraining } from '../../../../src/core/model/trainingPlan';
import type { EngineName } from '../../../../src/core/runtime/selectEngine';
import { architectureFixture } from '../../../parity/fixtures';
import { hashPixels, hashWeights } from '../../../parity/hashNetwork';
import { networkOn, targetsOf } from '../contract/engines';
import { architectures, shallowArchitecture, smallSize } from '../contract/architectures';
import { useSoftwareGpu } from './softwareGpu';

const LABELS = [0, 1];
/** Of log-probabilities, absolute: both engines are within 1e-4 of PyTorch. */
const LOGITS = 1e-4;
/** Of a gradient, relative to its largest value: where a ReLU's input is within rounding of zero, both sides are right. */
const GRADIENTS = 1e-3;
/** Of so large a gradient only the first values are looked at. */
const MOST_VALUES = 2 ** 20;

interface Step {
  readonly before: Float32Array;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly after: Float32Array;
}

/**
 * A step of everything but batch norm, which keeps its statistics: of two pictures of a pixel each, as the last layers
 * have them here, it would make 1 and -1 whatever they are. That it trains, on both engines, is PyTorch's to say.
 */
async function step(engine: EngineName, name: string): Promise<Step> {
  await openEngine(engine);
  const model = shallowArchitecture(name, 3);
  const graph = buildGraph(model.root);
  const norms = new Set(
    graph.filter(({ operation }) => operation.type === 'BatchNorm2d').map(({ path }) => path),
  );
  const plan = planTraining(graph, path => norms.has(path), 'eval');
  const weights = hashWeights(stateDictShapes(model.root), architectureFixture(name).logits.gain);
  const network = await networkOn(engine, model, plan, weights);
  const optimizer = createOptimizer(
    { type: 'sgd', lr: 1e-4, momentum: 0, weightDecay: 0 },
    network.variables,
  );
  const read = new Map<string, Promise<Float32Array>>();
  const observed: typeof optimizer = Object.create(optimizer, {
    step: {
      value: (gradients: ReadonlyMap<string, Tensor>, lr: number) => {
        for (const [key, gradient] of gradients) read.set(key, valuesOf(gradient));
        optimizer.step(gradients, lr);
      },
    },
  });
  const size = smallSize(name);
  const input = { pixels: hashPixels(name, LABELS.length, size), size };
  const before = await network.trainStep(input, targetsOf(LABELS, 3), observed, 1e-4);
  const gradients = new Map<string, Float32Array>();
  for (const [key, values] of read) gradients.set(key, await values);
  const after = await network.evaluateStep(input);
  optimizer.dispose();
  network.dispose();
  assert.equal(tensorCount(), 0);
  return { before, gradients, after };
}

function valuesOf(tensor: Tensor): Promise<Float32Array> {
  if (tensor.size <= MOST_VALUES) return tensor.data() as Promise<Float32Array>;
  const flat = reshape(tensor, [tensor.size]);
  const first = slice(flat, 0, MOST_VALUES);
  const values = first.data() as Promise<Float32Array>;
  flat.dispose();
  first.dispose();
  return values;
}

function farthest(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe('A step of training on a GPU is what TensorFlow takes', function () {
  this.timeout(600_000);
  before(() => useSoftwareGpu());

  for (const name of architectures) {
    it(name, async () => {
      const [expected, found] = [await step('tensorflow', name), await step('webgpu', name)];
      assert.ok(farthest(found.before, expected.before) < LOGITS, 'before the step');
      for (const [key, gradient] of expected.gradients) {
        const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const difference = farthest(found.gradients.get(key)!, gradient);
        assert.ok(difference <= GRADIENTS * largest, `${key}: ${difference} of ${largest}`);
      }
      assert.ok(farthest(found.after, expected.after) < 10 * LOGITS, 'after the step');
      assert.ok(farthest(expected.after, expected.before) > 0, 'nothing was learnt');
    });
  }
});
