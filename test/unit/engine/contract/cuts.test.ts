import assert from 'node:assert/strict';
import { tensorCount } from '../../../../src/core/engine/network';
import { createOptimizer } from '../../../../src/core/engine/optimizers';
import { freezeUpTo } from '../../../../src/core/model/freezeEdits';
import { resolveFreeze } from '../../../../src/core/model/freezeSet';
import { buildGraph } from '../../../../src/core/model/graph';
import { stateDictShapes } from '../../../../src/core/model/stateDictShapes';
import { planTraining } from '../../../../src/core/model/trainingPlan';
import { readTensors, type StateDict } from '../../../../src/core/weights/stateDict';
import { architectureFixture } from '../../../parity/fixtures';
import { hashPixels, hashWeights } from '../../../parity/hashNetwork';
import { architecture, smallSize } from './architectures';
import { describeEngines, networkOn, targetsOf } from './engines';

const LABELS = [0, 1];
const LR = 0.01;

/** The last frozen layer, within a block, and how many values the rest then reads of the frozen part. */
const cuts = [
  ['densenet121', 'features.denseblock2.denselayer3.conv1', 2, 'between the layers of a dense block'],
  ['regnet_y_400mf', 'trunk_output.block2.block2-1.f.b', 3, 'before squeeze and excitation'],
  ['mobilenet_v3_small', 'features.5.block.2.fc1', 3, 'within squeeze and excitation'],
  ['convnext_tiny', 'features.3.0.block.3', 2, 'between the linear layers of a block'],
  ['vitSmall', 'encoder.layers.encoder_layer_1.self_attention.in_proj', 2, 'after attention'],
  ['efficientnet_b0', 'features.3.1.block.2.fc2', 2, 'after squeeze and excitation'],
] as const;

// Where a network is cut is no engine's own.
describeEngines(
  'Cut within a block, a network trains on features as on the pictures',
  engine => {
    for (const [name, last, values, where] of cuts) {
      it(`${name}, ${where}`, async () => {
        const model = architecture(name, 3);
        const graph = buildGraph(model.root);
        const freeze = freezeUpTo(last)(model.root, []);
        const plan = planTraining(graph, resolveFreeze(model.root, freeze).isFrozen, 'eval');
        assert.equal(plan.boundary.length, values);
        const weights = hashWeights(stateDictShapes(model.root), architectureFixture(name).logits.gain);
        const size = smallSize(name);
        const input = { pixels: hashPixels(name, LABELS.length, size), size };
        const states: StateDict[] = [];
        for (const onFeatures of [false, true]) {
          const network = await networkOn(engine.name, model, plan, weights);
          const sgd = { type: 'sgd', lr: LR, momentum: 0, weightDecay: 0 } as const;
          const optimizer = createOptimizer(sgd, network.variables);
          const fed = onFeatures ? { features: await network.features(input) } : input;
          await network.trainStep(fed, targetsOf(LABELS, 3), optimizer, LR);
          states.push(await readTensors(network.variables.tensors()));
          optimizer.dispose();
          network.dispose();
        }
        assert.equal(tensorCount(), 0);
        assert.deepEqual(states[1], states[0]);
        assert.notDeepEqual(states[0]!.get(`${model.head}.weight`), weights.get(`${model.head}.weight`));
      });
    }
  },
  ['webgpu', 'wasm'],
);
