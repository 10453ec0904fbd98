import assert from 'node:assert/strict';
import { tensorCount } from '../../../../src/core/engine/network';
import { createOptimizer } from '../../../../src/core/engine/optimizers';
import { resolveFreeze } from '../../../../src/core/model/freezeSet';
import { buildGraph, operationParameters } from '../../../../src/core/model/graph';
import { lowerHalf } from '../../../../src/core/model/lowerHalf';
import type { Model } from '../../../../src/core/model/model';
import { stateDictShapes } from '../../../../src/core/model/stateDictShapes';
import { planTraining } from '../../../../src/core/model/trainingPlan';
import { architectureFixture } from '../../../parity/fixtures';
import { hashPixels, hashWeights } from '../../../parity/hashNetwork';
import { architecture, architectures } from './architectures';
import { describeEngines, networkOn, targetsOf, type ContractEngine } from './engines';

const SIZE = 64;
const LABELS = [0, 1, 2, 0];
const LR = 0.001;

const settings: Readonly<Record<string, (model: Model) => readonly string[]>> = {
  'all but the head': ({ root, head }) =>
    buildGraph(root)
      .map(({ path }) => path)
      .filter(path => path !== head && path !== ''),
  'the lower half': ({ root }) => lowerHalf(root),
  nothing: () => [],
};

// A GPU's, on smaller pictures: ../webgpu/architectures.test.ts.
describeEngines('Every architecture takes a step of training', defineSteps, ['webgpu']);

function defineSteps(engine: ContractEngine): void {
  for (const name of architectures) {
    for (const [setting, freezeOf] of Object.entries(settings)) {
      it(`${name}, ${setting} frozen`, async () => {
        const model = architecture(name, 3);
        const graph = buildGraph(model.root);
        const freeze = freezeOf(model);
        const plan = planTraining(graph, resolveFreeze(model.root, freeze).isFrozen, 'eval');
        const { gain } = architectureFixture(name).logits;
        const network = await networkOn(
          engine.name,
          model,
          plan,
          hashWeights(stateDictShapes(model.root), gain),
        );
        const optimizer = createOptimizer(
          { type: 'sgd', lr: LR, momentum: 0, weightDecay: 0 },
          network.variables,
        );
        const before = network.variables.snapshot();
        const input = { pixels: hashPixels(name, LABELS.length, SIZE), size: SIZE };

        await network.trainStep(input, targetsOf(LABELS, 3), optimizer, LR);

        const after = network.variables.snapshot();
        for (const [index, { operation, path }] of graph.entries()) {
          for (const { name: parameter, key } of operationParameters(operation)) {
            const change = await after.maxChange(before, [path + key]);
            if (!plan.trainable[index]) assert.equal(change, 0, `${path}${key} moved`);
            // The gradient of a bias before batch norm is nothing but rounding.
            else if (parameter === 'weight') assert.ok(change > 0, `${path}${key} did not move`);
          }
        }
        const logProbabilities = await network.evaluateStep(input);
        for (const part of [before, after, optimizer, network]) part.dispose();
        assert.equal(tensorCount(), 0);
        agree(`${name} ${setting}`, logProbabilities);
      });
    }
  }

  function agree(network: string, found: Float32Array): void {
    const others = said.get(network);
    said.set(network, found);
    found.forEach((value, i) => {
      assert.ok(Number.isFinite(value));
      const difference = Math.abs(value - (others?.[i] ?? value));
      // Where the input of a ReLU is within rounding of zero, both sides of it are right.
      assert.ok(difference < 1e-2 * Math.max(1, Math.abs(value)), `${value}, elsewhere ${others?.[i]}`);
    });
  }
}

/** What each network said after its step, on the engine before: the engines agree. */
const said = new Map<string, Float32Array>();
