import assert from 'node:assert/strict';
import { broadcastTo, memory, scalar, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { openEngine } from '../../../../src/core/engine/chooseEngine';
import { Network, tensorCount } from '../../../../src/core/engine/network';
import { createOptimizer } from '../../../../src/core/engine/optimizers';
import type { Window } from '../../../../src/core/model/windowOutput';
import type { FusedWindow, Ops } from '../../../../src/core/engine/ops';
import { isOutOfMemory } from '../../../../src/core/outOfMemory';
import { findModel } from '../../../../src/core/model/catalog';
import { buildGraph } from '../../../../src/core/model/graph';
import { preprocessingFor } from '../../../../src/core/model/model';
import { replaceHead } from '../../../../src/core/model/replaceHead';
import { stateDictShapes } from '../../../../src/core/model/stateDictShapes';
import { planTraining } from '../../../../src/core/model/trainingPlan';
import { readTensors, type StateDict } from '../../../../src/core/weights/stateDict';
import { hashPixels, hashWeights } from '../../../parity/hashNetwork';
import { describeEngines, targetsOf, type ContractEngine } from './engines';

/**
 * An engine that has memory for so many pictures in a convolution, and says beyond it what TensorFlow says. `held` gets
 * the bytes in use at the first convolution of each part. `tellsLate`: as GPUs do, once all was asked for.
 */
function withMemoryFor(pictures: number, engine: Ops, held: number[], tellsLate: boolean): Ops {
  const limited = Object.create(engine) as Ops;
  const check = ({ shape }: Tensor): void => {
    if (shape[0] > pictures) {
      short = new Error(`OOM when allocating tensor with shape[${shape.join()}]`);
      if (!tellsLate) throw short;
    }
    if (shape[3] === 3) held.push(memory().numBytes);
  };
  let short: Error | undefined;
  limited.settle = async () => {
    const found = short;
    short = undefined;
    if (tellsLate && found) throw found;
    await engine.settle();
  };
  limited.inPrecision = () => limited;
  limited.conv2d = (x: Tensor, filter: Tensor, window: Window) => {
    check(x);
    return engine.conv2d(x, filter, window);
  };
  limited.fusedConv2d = (x: Tensor, filter: Tensor, bias: Tensor, window: FusedWindow) => {
    check(x);
    return engine.fusedConv2d(x, filter, bias, window);
  };
  return limited;
}

// What a GPU says of its memory, and when, is tested with it: ../webgpu/outOfMemory.test.ts.
describeEngines('Where memory is short', defineShortage, ['webgpu']);

function defineShortage({ name: engine, training }: ContractEngine): void {
  const SIZE = 32;
  const pixels = hashPixels('pixels', 5, SIZE);
  const targets = targetsOf([0, 1, 2, 0, 1], 3);

  interface Trained {
    readonly state: StateDict;
    readonly logProbabilities: Float32Array;
    readonly evaluated: Float32Array;
    readonly notes: readonly string[];
    readonly left: number;
    /** Bytes in use when each part began. */
    readonly held: readonly number[];
  }
  /** Two steps on five pictures. */
  async function train(
    limit: number,
    isFrozen: (path: string) => boolean,
    tellsLate = false,
    architecture = 'resnet18',
  ): Promise<Trained> {
    const { ops } = await openEngine(engine);
    const model = replaceHead(findModel(architecture), 3);
    const graph = buildGraph(model.root);
    const plan = planTraining(graph, isFrozen, 'eval');
    const notes: string[] = [];
    const held: number[] = [];
    const before = tensorCount();
    const network = new Network(
      {
        ...{ root: model.root, graph, plan, preprocessing: preprocessingFor(model, SIZE), seed: 0 },
        ...{ precision: 'float32', note: (message: string) => void notes.push(message) },
      },
      limit < Infinity ? withMemoryFor(limit, ops, held, tellsLate) : ops,
      hashWeights(stateDictShapes(model.root), 1),
    );
    const recipe = { type: 'sgd', lr: 0.01, momentum: 0.9, weightDecay: 0 } as const;
    const optimizer = createOptimizer(recipe, network.variables);
    try {
      const first = await network.trainStep({ pixels, size: SIZE }, targets, optimizer, 0.01);
      await network.trainStep({ pixels, size: SIZE }, targets, optimizer, 0.01);
      const evaluated = await network.evaluateStep({ pixels, size: SIZE });
      const state = await readTensors(network.variables.tensors());
      return { state, logProbabilities: first, evaluated, notes, left: tensorCount() - before, held };
    } finally {
      optimizer.dispose();
      network.dispose();
    }
  }
  const farthest = (a: Float32Array, b: Float32Array): number =>
    a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

  it('takes a batch in parts, which add up to the same step', async () => {
    const isBatchNorm = (path: string): boolean => /(^|\.)(bn\d|downsample\.1)$/.test(path);
    const [whole, parts] = [await train(Infinity, isBatchNorm), await train(2, isBatchNorm)];
    assert.deepEqual(whole.notes, []);
    assert.equal(parts.notes.length, 2);
    assert.match(
      parts.notes[1]!,
      /computed 2 pictures at a time, and the gradients are added up\. "batchSize": 2 would fit/,
    );
    assert.equal(parts.left, whole.left);
    const [first, second, third] = parts.held as [number, number, number];
    assert.ok(third - second < (second - first) / 10, 'more than one sum of gradients is held');
    assert.ok(farthest(parts.logProbabilities, whole.logProbabilities) < 1e-4);
    assert.ok(farthest(parts.evaluated, whole.evaluated) < 1e-3);
    for (const [key, { data }] of whole.state) {
      if (!(data instanceof Float32Array)) continue;
      assert.ok(farthest(parts.state.get(key)!.data as Float32Array, data) < 10 * training, key);
    }
  });

  it('drops the same values, whatever the parts', async () => {
    const isFrozen = (): boolean => false;
    const whole = await train(Infinity, isFrozen, false, 'squeezenet1_1');
    const parts = await train(2, isFrozen, false, 'squeezenet1_1');
    assert.equal(parts.notes.length, 2);
    assert.ok(farthest(parts.logProbabilities, whole.logProbabilities) < 1e-4);
    for (const [key, { data }] of whole.state) {
      const difference = farthest(parts.state.get(key)!.data as Float32Array, data as Float32Array);
      assert.ok(difference < 10 * training, `${key}: ${difference}`);
    }
  });

  it('does the same where it is told late', async () => {
    const isFrozen = (path: string): boolean => !/^(layer4|fc)/.test(path);
    const [early, late] = [await train(2, isFrozen), await train(2, isFrozen, true)];
    assert.deepEqual([late.notes, late.left], [early.notes, early.left]);
    assert.deepEqual(late.state, early.state);
  });

  it("counts each part in batch norm's statistics, and takes back what a part that failed had counted", async () => {
    const { state, notes } = await train(2, path => !/^(layer4|fc)/.test(path));
    assert.match(notes[0]!, /but for batch norm, which sees a part as a batch/);
    // Three parts for each of two steps.
    for (const [key, { data }] of state) {
      if (key.endsWith('num_batches_tracked')) assert.equal(data[0], key.startsWith('layer4') ? 6n : 0n, key);
    }
  });

  it('says what to do when a single picture is too much', async () => {
    await assert.rejects(
      train(0, () => false),
      {
        name: 'UserError',
        message: /too small for a single picture: set a smaller imageSize or model/,
      },
    );
  });
}

describe('Out of memory', () => {
  it('is known by what TensorFlow says', async () => {
    await openEngine('tensorflow');
    assert.throws(
      () => tidy(() => void broadcastTo(scalar(1), [1 << 20, 1 << 20, 8])),
      (error: unknown) => isOutOfMemory(error),
    );
    assert.equal(isOutOfMemory(new Error('Incompatible shapes')), false);
  });
});
