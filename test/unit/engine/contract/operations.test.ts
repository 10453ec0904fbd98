import assert from 'node:assert/strict';
import { tensor } from '@tensorflow/tfjs-core';
import { openEngine } from '../../../../src/core/engine/chooseEngine';
import { createLayer } from '../../../../src/core/engine/layers/createLayer';
import { layoutOf, toTorch } from '../../../../src/core/engine/layouts';
import { tensorCount } from '../../../../src/core/engine/network';
import type { Ops } from '../../../../src/core/engine/ops';
import { Variables } from '../../../../src/core/engine/variables';
import { sequential, type Leaf } from '../../../../src/core/model/layerTree';
import { Random } from '../../../../src/core/random';
import { stateDictShapes } from '../../../../src/core/model/stateDictShapes';
import { readTensors } from '../../../../src/core/weights/stateDict';
import { operationFixtures, type OperationFixture } from '../../../parity/fixtures';
import { digest, hashValues, hashWeights } from '../../../parity/hashNetwork';
import { describeEngines } from './engines';

describeEngines('One operation, forward and backward, is as PyTorch computes it', engine => {
  for (const fixture of operationFixtures()) {
    it(`${nameOf(fixture.layer)} of ${fixture.size} x ${fixture.size}`, async () => {
      const { ops } = await openEngine(engine.name);
      const before = tensorCount();
      const found = await computed(fixture, ops);
      assert.equal(tensorCount(), before, 'tensors are left over');
      assert.deepEqual([...found.keys()].sort(), Object.keys(fixture.digests).sort());
      for (const [name, values] of found) {
        const expected = fixture.digests[name]!;
        const given = digest(name, { dtype: 'float32', shape: [], data: values });
        const typical = expected[1]! / values.length;
        given.forEach((number, i) => {
          // The first three are sums over the tensor; the others are single values.
          const tolerance = engine.gradients * Math.max(1, i < 3 ? expected[1]! : typical);
          assert.ok(
            Math.abs(number - expected[i]!) <= tolerance,
            `${name}, number ${i}: ${number} where PyTorch has ${expected[i]}`,
          );
        });
      }
    });
  }
});

function nameOf({ type, ...rest }: Leaf): string {
  const settings = Object.entries(rest).filter(
    ([name]) => !/Channels|bias|eps|momentum|numFeatures/.test(name),
  );
  return [type, ...settings.map(([name, value]) => `${name} ${JSON.stringify(value)}`)].join(', ');
}

function isActivation({ type }: Leaf): boolean {
  return /^(ReLU6?|Hardswish|Hardsigmoid|SiLU|Sigmoid|GELU)$/.test(type);
}

/** The output, its gradients and the statistics, by the fixture's names. */
async function computed(
  { layer, size, shape }: OperationFixture,
  ops: Ops,
): Promise<Map<string, Float32Array>> {
  const root = sequential([['layer', layer]]);
  const variables = new Variables(root, hashWeights(stateDictShapes(root), 1), ops);
  const context = { ops, variables, path: 'layer', random: () => new Random(0) };
  const operation = createLayer(layer, { ...context, trainable: true });
  const scale = isActivation(layer) ? 10 : 1;
  const pixels = hashValues('x', 3 * size * size * 6).map(value => value * scale);
  const x = tensor(pixels, [3, size, size, 6]);
  const dy = tensor(
    hashValues(
      'dy',
      shape.reduce((a, b) => a * b, 1),
    ),
    [...shape],
  );
  const { output, saved = [] } = operation.forward([x], true);
  assert.deepEqual(output.shape, shape);

  const found = new Map([['y', (await output.data()) as Float32Array]]);
  const gradients = new Map<string, Promise<Float32Array>>();
  const [dx] = operation.backward({
    ...{ dy, inputs: [x], inputShapes: [x.shape], output, saved, wants: [true] },
    gradient: (name, value) => {
      gradients.set(name, value.data() as Promise<Float32Array>);
      value.dispose();
    },
  });
  found.set('dx', (await dx!.data()) as Float32Array);
  const state = await readTensors(variables.tensors());
  for (const [key, { shape: torchShape, data }] of state) {
    const name = key.slice('layer.'.length);
    const gradient = await gradients.get(name);
    if (gradient) found.set(name, toTorch(gradient, layoutOf(layer, torchShape)));
    else if (name.startsWith('running')) found.set(name, data as Float32Array);
  }
  for (const used of [x, dy, output, dx!, ...saved]) used.dispose();
  variables.dispose();
  return found;
}
