import assert from 'node:assert/strict';
import { concat, reshape, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { openEngine } from '../../../../src/core/engine/chooseEngine';
import { tensorCount, type Network } from '../../../../src/core/engine/network';
import { createOptimizer } from '../../../../src/core/engine/optimizers';
import { findModel } from '../../../../src/core/model/catalog';
import { resolveFreeze } from '../../../../src/core/model/freezeSet';
import { buildGraph, INPUT } from '../../../../src/core/model/graph';
import { preprocessingFor } from '../../../../src/core/model/model';
import { replaceHead } from '../../../../src/core/model/replaceHead';
import { stateDictShapes } from '../../../../src/core/model/stateDictShapes';
import { planInference, planTraining } from '../../../../src/core/model/trainingPlan';
import type { Recipe } from '../../../../src/core/recipe/recipe';
import { UserError } from '../../../../src/core/userError';
import { readTensors, type StateDict, type TensorValue } from '../../../../src/core/weights/stateDict';
import { smallVgg } from '../../../parity/fixtures';
import { hashPixels, hashValues, hashWeights } from '../../../parity/hashNetwork';
import { refusalOfBfloat16 } from '../bfloat16';
import { describeEngines, networkOn, targetsOf } from './engines';

const stateOf = (network: Network) => readTensors(network.variables.tensors());

/** What is trained: ResNet18, or a small VGG where that takes too long. */
const SUBJECT = {
  model: () => replaceHead(findModel('resnet18'), 3),
  ...{
    first: 'conv1',
    norm: 'bn1',
    lower: ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2'],
    size: 64,
  },
};
const SMALL_SUBJECT = {
  model: () => smallVgg('vggSmall_bn', 3),
  ...{ first: 'features.0', norm: 'features.1', size: 32 },
  lower: [0, 1, 2, 3, 4, 5].map(index => `features.${index}`),
};

describeEngines('A network', ({ name: engine, slow }) => {
  const { model: modelOf, first, norm, lower, size } = slow ? SMALL_SUBJECT : SUBJECT;
  const model = modelOf();
  const graph = buildGraph(model.root);
  const weights = hashWeights(stateDictShapes(model.root), 1);
  const input = { pixels: hashPixels('network', 4, size), size };
  const targets = targetsOf([0, 1, 2, 0], 3);
  const sgd = { type: 'sgd', lr: 0.01, momentum: 0.9, weightDecay: 0 } as const;
  const planFor = (freeze: readonly string[]) =>
    planTraining(graph, resolveFreeze(model.root, freeze).isFrozen, 'eval');

  it('holds the same number of tensors after every step', async () => {
    const network = await networkOn(engine, model, planFor([first]), weights);
    const optimizer = createOptimizer(sgd, network.variables);
    const counts: number[] = [];
    for (let step = 0; step < 4; step++) {
      await network.trainStep(input, targets, optimizer, 0.01);
      await network.evaluateStep(input);
      counts.push(tensorCount());
    }
    assert.deepEqual(counts, Array(4).fill(counts[0]));
    optimizer.dispose();
    network.dispose();
    assert.equal(tensorCount(), 0);
  });

  it('trains on features of the frozen part as on the pictures themselves', async () => {
    const states: Map<string, TensorValue>[] = [];
    for (const useFeatures of [false, true]) {
      const network = await networkOn(engine, model, planFor(lower), weights);
      const optimizer = createOptimizer(sgd, network.variables);
      const fed = useFeatures ? { features: await network.features(input) } : input;
      for (let step = 0; step < 2; step++) await network.trainStep(fed, targets, optimizer, 0.01);
      states.push(await stateOf(network));
      optimizer.dispose();
      network.dispose();
    }
    assert.deepEqual(states[0], states[1]);
  });

  it('goes back to a snapshot, batch norm statistics and their counter included', async () => {
    const network = await networkOn(engine, model, planFor([]), weights);
    const optimizer = createOptimizer(sgd, network.variables);
    await network.trainStep(input, targets, optimizer, 0.01);
    const before = await stateOf(network);
    const snapshot = network.variables.snapshot();
    await network.trainStep(input, targets, optimizer, 0.01);
    assert.notDeepEqual(await stateOf(network), before);
    network.variables.restore(snapshot);
    assert.deepEqual(await stateOf(network), before);
    assert.equal(before.get(`${norm}.num_batches_tracked`)!.data[0], 1n);
    snapshot.dispose();
    optimizer.dispose();
    network.dispose();
  });

  it('normalizes bytes as torchvision does: (pixel / 255 - mean) / std', async () => {
    const { ops } = await openEngine(engine);
    const { mean, std } = preprocessingFor(model, 224);
    const bytes = Uint8Array.of(0, 128, 255, 12, 34, 56);
    const normalized = ops.normalizePixels(bytes, [1, 1, 2, 3], mean, std);
    const values = await normalized.data();
    normalized.dispose();
    bytes.forEach((byte, i) => {
      const expected = (byte / 255 - mean[i % 3]!) / std[i % 3]!;
      assert.ok(Math.abs(values[i]! - expected) < 1e-6, `${values[i]} is not ${expected}`);
    });
  });
});

describeEngines('Dropout', ({ name: engine }) => {
  it('drops the share p, scales the rest, and draws the same again for the same seed and step', async () => {
    const { DropoutLayer } = await import('../../../../src/core/engine/layers/dropout');
    const { ones } = await import('@tensorflow/tfjs-core');
    const { Random } = await import('../../../../src/core/random');
    const { ops } = await openEngine(engine);
    const network = await networkOn(
      engine,
      smallVgg('vggSmall', 3),
      planInference(buildGraph(smallVgg('vggSmall', 3).root)),
      hashWeights(stateDictShapes(smallVgg('vggSmall', 3).root), 1),
    );
    const context = {
      ops,
      variables: network.variables,
      path: 'drop',
      trainable: false,
      random: () => new Random(1),
    };
    const layer = new DropoutLayer(0.25, false, context);
    const x = ones([100, 100]);
    const [first, second] = [layer.forward([x], true), layer.forward([x], true)];
    const values = await first.output.data();
    const kept = values.filter(value => value !== 0);
    assert.ok(Math.abs(kept.length / 10_000 - 0.75) < 0.02);
    assert.ok(kept.every(value => Math.abs(value - 4 / 3) < 1e-6));
    assert.deepEqual(await second.output.data(), values);
    const evaluated = layer.forward([x], false);
    assert.deepEqual(await evaluated.output.data(), await x.data());
    for (const tensor of [
      x,
      first.output,
      ...first.saved!,
      second.output,
      ...second.saved!,
      evaluated.output,
    ]) {
      tensor.dispose();
    }
    network.dispose();
  });
});

describe('In bfloat16, on tensorflow', () => {
  const engine = 'tensorflow';
  const model = replaceHead(findModel('resnet18'), 5);
  const weights = hashWeights(stateDictShapes(model.root), 1);
  const pixels = hashPixels('pixels', 4, 64);
  let refusal: string | undefined;
  before(async () => (refusal = await refusalOfBfloat16()));

  /** A test where the processor can; where it cannot, that the recipe is answered with a sentence. */
  const inBfloat16 = (what: string, test: () => Promise<void>): void =>
    void it(what, async () => {
      if (refusal === undefined) return test();
      assert.match(refusal, /^precision: this processor cannot multiply in bfloat16/);
      const plan = planTraining(buildGraph(model.root), path => path === 'conv1', 'eval');
      await assert.rejects(networkOn(engine, model, plan, weights, 'bfloat16'), new UserError(refusal));
    });

  inBfloat16("the features are float32's but for the digits that bfloat16 lacks", async () => {
    const plan = planTraining(buildGraph(model.root), path => path !== 'fc', 'eval');
    const features = async (precision: Recipe['precision']): Promise<Float32Array> => {
      const network = await networkOn(engine, model, plan, weights, precision);
      const [found] = await network.features({ pixels, size: 64 });
      network.dispose();
      return found!.values;
    };
    const [exact, short] = [await features('float32'), await features('bfloat16')];
    const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = exact.reduce((most, value, i) => Math.max(most, Math.abs(value - short[i]!)), 0);
    assert.ok(difference > 0, 'bfloat16 computed the same');
    assert.ok(difference < 0.02 * largest, `${difference} of ${largest}`);
  });

  inBfloat16(
    'a value that stays inside is what it would be had it been widened in between, to the last bit',
    async () => {
      const ops = (await openEngine(engine)).ops.inPrecision('bfloat16');
      const values = (seed: string, shape: readonly number[]): Tensor =>
        ops.place(
          hashValues(
            seed,
            shape.reduce((a, b) => a * b, 1),
          ),
          shape,
        );
      const window = { stride: [1, 1], padding: 'same', depthwise: false, activation: 'ReLU' } as const;
      const [wide, inside] = [false, true].map(staysInside =>
        tidy(() => {
          const [filter, bias] = [values('filter', [3, 3, 64, 64]), values('bias', [64])];
          const first = ops.fusedConv2d(values('x', [2, 8, 8, 64]), filter, bias, { ...window, staysInside });
          const pooled = ops.maxPool(first, [2, 2], [2, 2]);
          // Too few products to be worth bfloat16: it takes what is inside all the same.
          const narrow = ops.fusedConv2d(pooled, values('1x1', [1, 1, 64, 8]), values('b', [8]), {
            ...{ ...window, staysInside: false },
          });
          const last = ops.fusedConv2d(pooled, filter, bias, { ...window, staysInside: false });
          return concat([reshape(last, [-1]), reshape(narrow, [-1])]);
        }),
      );
      assert.deepEqual(await inside!.data(), await wide!.data());
      assert.ok((await wide!.data()).some(value => value > 0));
      inside!.dispose();
      wide!.dispose();
    },
  );

  inBfloat16('training keeps float32 weights, leaves nothing behind and does the same twice', async () => {
    const plan = planTraining(buildGraph(model.root), path => path === 'conv1', 'eval');
    const train = async (): Promise<{ state: StateDict; left: number }> => {
      const before = tensorCount();
      const network = await networkOn(engine, model, plan, weights, 'bfloat16');
      const optimizer = createOptimizer(
        { type: 'sgd', lr: 0.01, momentum: 0.9, weightDecay: 0 },
        network.variables,
      );
      for (let step = 0; step < 2; step++) {
        await network.trainStep({ pixels, size: 64 }, targetsOf([0, 1, 2, 3], 5), optimizer, 0.01);
      }
      const state = await stateOf(network);
      network.dispose();
      optimizer.dispose();
      return { state, left: tensorCount() - before };
    };
    const [first, second] = [await train(), await train()];
    assert.equal(first.left, 0);
    assert.deepEqual(first.state, second.state);
    assert.deepEqual(first.state.get('conv1.weight'), weights.get('conv1.weight'));
    assert.notDeepEqual(first.state.get('layer1.0.conv1.weight'), weights.get('layer1.0.conv1.weight'));
  });
});

describeEngines('Folding batch norm into frozen convolutions', ({ name: engine, slow }) => {
  for (const name of slow ? ['mobilenet_v2'] : ['resnet18', 'mobilenet_v2', 'efficientnet_lite0']) {
    it(`changes the features of ${name} by rounding alone`, async () => {
      const model = replaceHead(findModel(name), 5);
      const graph = buildGraph(model.root);
      const weights = hashWeights(stateDictShapes(model.root), 1);
      const size = slow ? 32 : 64;
      const pixels = hashPixels('pixels', 2, size);
      const frozen = planTraining(graph, path => path !== model.head, 'eval');
      const all = graph.map((_, index) => index);
      // The same work as a suffix, where nothing is folded.
      const unfolded = { ...frozen, prefix: [], suffix: all, boundary: [INPUT] };
      const outputs: Float32Array[] = [];
      for (const plan of [frozen, unfolded]) {
        const network = await networkOn(engine, model, plan, weights);
        outputs.push(await network.evaluateStep({ pixels, size }));
        network.dispose();
      }
      const [folded, plain] = outputs as [Float32Array, Float32Array];
      const difference = folded.reduce((most, value, i) => Math.max(most, Math.abs(value - plain[i]!)), 0);
      const largest = plain.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assert.ok(difference > 0 && difference < 1e-5 * largest, `${difference} of ${largest}`);
    });
  }

  it('is done anew when the variables are others', async () => {
    const { model: modelOf, norm, size } = slow ? SMALL_SUBJECT : SUBJECT;
    const model = modelOf();
    const plan = planTraining(buildGraph(model.root), path => path !== model.head, 'eval');
    const network = await networkOn(engine, model, plan, hashWeights(stateDictShapes(model.root), 1));
    const input = { pixels: hashPixels('pixels', 2, size), size };
    const before = await network.features(input);
    const snapshot = network.variables.snapshot();
    const mean = `${norm}.running_mean`;
    network.variables.set(mean, zeros(network.variables.get(mean).shape));
    assert.notDeepEqual(await network.features(input), before);
    network.variables.restore(snapshot);
    assert.deepEqual(await network.features(input), before);
    snapshot.dispose();
    network.dispose();
  });
});
