import assert from 'node:assert/strict';
import { modelNames } from '../../../../src/core/model/catalog';
import { buildGraph } from '../../../../src/core/model/graph';
import { replaceHead } from '../../../../src/core/model/replaceHead';
import { stateDictShapes } from '../../../../src/core/model/stateDictShapes';
import { planInference } from '../../../../src/core/model/trainingPlan';
import type { StateDict } from '../../../../src/core/weights/stateDict';
import {
  architectureFixture,
  fixtureModel,
  trainingFixture,
  trainingModels,
  type TrainingRun,
} from '../../../parity/fixtures';
import { digest, hashPixels, hashWeights, type Digest } from '../../../parity/hashNetwork';
import { startingState, trainingSteps } from '../../../parity/trainedState';
import { describeEngines, networkOn, type ContractEngine } from './engines';

/** Of all logits and steps, those that an engine that is slow here has to give as well. */
const FOR_SLOW = /^vggSmall_bn-(sgd-nothing-eval|adamw-half-train)$/;

// vit_b_16 takes wasm, of one thread, half a minute; vitSmall is the same of less.
describeEngines("The logits of a seeded random network are torchvision's", defineLogits, ['webgpu']);

function defineLogits(engine: ContractEngine): void {
  for (const name of [...modelNames, 'vitSmall']) {
    if (engine.name === 'wasm' && name === 'vit_b_16') continue;
    it(name, async () => {
      const { classes, gain, imageSize, values } = architectureFixture(name).logits;
      const model = replaceHead(fixtureModel(name), classes);
      const plan = planInference(buildGraph(model.root));
      const weights = hashWeights(stateDictShapes(model.root), gain);
      const network = await networkOn(engine.name, model, plan, weights);
      const pixels = hashPixels('pixels', values.length, imageSize);
      const found = await network.evaluateStep({ pixels, size: imageSize });
      network.dispose();
      const largest = Math.max(...values.flat().map(Math.abs));
      values.flatMap(logSoftmax).forEach((expected, i) => {
        const difference = Math.abs(found[i]! - expected);
        assert.ok(
          difference < engine.logits * largest,
          `logit ${i}: ${found[i]} where PyTorch has ${expected}`,
        );
      });
    });
  }
}

describeEngines("Training steps are PyTorch's, and what is frozen keeps every bit", engine => {
  for (const name of trainingModels) {
    for (const run of trainingFixture(name).runs) {
      if (engine.slow && !FOR_SLOW.test(run.name)) continue;
      it(run.name, async () => {
        const start = startingState(name, run);
        let step = 0;
        for await (const { loss, state } of trainingSteps(name, run, engine.name)) {
          const expected = run.losses[step]!;
          assert.ok(
            Math.abs(loss - expected) < engine.training,
            `step ${step}: loss ${loss}, not ${expected}`,
          );
          if (step === 0) compareState(state, start, run.after1);
          if (++step === run.losses.length) compareState(state, start, run.after5);
        }
      });
    }
  }

  function compareState(state: StateDict, start: StateDict, expected: TrainingRun['after1']): void {
    for (const [key, value] of state) {
      const there = expected[key];
      if (!there) assert.deepEqual(value.data, start.get(key)!.data, `${key} changed`);
      else compareDigest(key, digest(key, value), there, value.data.length);
    }
  }

  function compareDigest(key: string, found: Digest, expected: Digest, count: number): void {
    const [, magnitude] = expected;
    found.forEach((number, i) => {
      // The first three are sums over the tensor; the others are single values.
      const scale = i < 3 ? Math.max(magnitude!, 1) : Math.max(1, magnitude! / count);
      const difference = Math.abs(number - expected[i]!);
      assert.ok(
        difference <= engine.training * scale,
        `${key}, number ${i}: ${number} where PyTorch has ${expected[i]}`,
      );
    });
  }
});

function logSoftmax(logits: readonly number[]): readonly number[] {
  const largest = Math.max(...logits);
  const sum = largest + Math.log(logits.reduce((total, logit) => total + Math.exp(logit - largest), 0));
  return logits.map(logit => logit - sum);
}
