import assert from 'node:assert/strict';
import type { Optimizer } from '../../../../src/core/engine/optimizers';
import { modelNames } from '../../../../src/core/model/catalog';
import { buildGraph } from '../../../../src/core/model/graph';
import { isContainer, type Container, type Layer } from '../../../../src/core/model/layerTree';
import { replaceHead } from '../../../../src/core/model/replaceHead';
import { stateDictShapes } from '../../../../src/core/model/stateDictShapes';
import { planTraining } from '../../../../src/core/model/trainingPlan';
import { lossOf } from '../../../../src/core/training/crossEntropyLoss';
import type { TensorValue } from '../../../../src/core/weights/stateDict';
import { architectureFixture, fixtureModel } from '../../../parity/fixtures';
import { digest, hashPixels, hashWeights, type Digest } from '../../../parity/hashNetwork';
import { describeEngines, networkOn, targetsOf, type ContractEngine } from './engines';

/** Of a gradient's values: where the input of a ReLU is within rounding of zero, both sides of it are right. */
const TOLERANCE = 1e-3;

// A GPU's: ../webgpu/architectures.test.ts.
describeEngines("The gradients of a seeded random network in training are torchvision's", defineGradients, [
  'webgpu',
]);

function defineGradients(engine: ContractEngine): void {
  for (const name of [...modelNames, 'vitSmall']) {
    const { logits, step } = architectureFixture(name);
    if (!step) continue;
    it(name, async () => {
      const model = replaceHead(fixtureModel(name), step.classes);
      const kept = { ...model, root: withoutDropout(model.root) };
      const graph = buildGraph(kept.root);
      const norms = graph.filter(({ operation }) => operation.type === 'BatchNorm2d').map(({ path }) => path);
      const frozen = new Set(step.batchNorm === 'eval' ? norms : []);
      const plan = planTraining(graph, path => frozen.has(path), 'eval');
      const weights = hashWeights(stateDictShapes(model.root), logits.gain);
      const network = await networkOn(engine.name, kept, plan, weights);
      const reading = new Map<string, Promise<TensorValue>>();
      const reader: Optimizer = {
        step: gradients => {
          for (const key of Object.keys(step.gradients)) {
            const { read, ...rest } = network.variables.inTorchLayout(key, gradients.get(key)!);
            reading.set(
              key,
              read().then(data => ({ ...rest, data }) as TensorValue),
            );
          }
        },
        tensors: () => new Map(),
        restore: () => undefined,
        dispose: () => undefined,
      };
      const labels = Array.from({ length: step.batch }, (_, i) => i % step.classes);
      const targets = targetsOf(labels, step.classes);
      const input = { pixels: hashPixels(step.pictures, step.batch, step.imageSize), size: step.imageSize };
      const loss = lossOf(await network.trainStep(input, targets, reader, 0), targets);
      network.dispose();
      assert.ok(Math.abs(loss - step.loss) < engine.training, `loss ${loss}, not ${step.loss}`);
      for (const [key, expected] of Object.entries(step.gradients)) {
        const gradient = await reading.get(key)!;
        compare(key, digest(key, gradient), expected, gradient.data.length);
      }
    });
  }
}

function compare(key: string, found: Digest, expected: Digest, count: number): void {
  const [, magnitude] = expected;
  found.forEach((number, i) => {
    // The first three are sums over the tensor; the others are single values.
    const scale = i < 3 ? magnitude! : Math.max(magnitude! / count, Math.abs(expected[i]!));
    const difference = Math.abs(number - expected[i]!);
    assert.ok(
      difference <= TOLERANCE * scale,
      `${key}, number ${i}: ${number} where PyTorch has ${expected[i]}`,
    );
  });
}

/** The same modules, of which none leaves anything out: what each library draws is its own. */
function withoutDropout(root: Container): Container {
  const keep = (layer: Layer): Layer => {
    if (isContainer(layer)) return withoutDropout(layer);
    return layer.type === 'Dropout' || layer.type === 'StochasticDepth' ? { ...layer, p: 0 } : layer;
  };
  return { ...root, children: root.children.map(([name, layer]) => [name, keep(layer)] as const) };
}
