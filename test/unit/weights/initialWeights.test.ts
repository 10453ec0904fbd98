import assert from 'node:assert/strict';
import { replaceHead } from '../../../src/core/model/replaceHead';
import { stateDictShapes } from '../../../src/core/model/stateDictShapes';
import { initialLayer, initialWeights } from '../../../src/core/weights/initialWeights';
import { linear } from '../../../src/core/model/leaves';
import type { StateDict } from '../../../src/core/weights/stateDict';
import { fixtureModel, smallVgg } from '../../parity/fixtures';

describe('initialWeights', () => {
  const models = [
    ...['resnet18', 'squeezenet1_1', 'mobilenet_v2', 'efficientnet_lite0'],
    ...['mobilenet_v3_large', 'efficientnet_b0', 'densenet121', 'regnet_y_400mf'],
    ...['convnext_tiny', 'vitSmall'],
  ];
  const drawn = new Map<string, StateDict>();
  const weightsOf = (name: string) => drawn.get(name)!;

  before(() => {
    for (const name of models) drawn.set(name, initialWeights(fixtureModel(name), 7));
    drawn.set('vggSmall_bn', initialWeights(smallVgg('vggSmall_bn', 1000), 7));
  });

  for (const name of models) {
    it(`draws every tensor of ${name} in its shape`, () => {
      const shapes = Array.from(weightsOf(name), ([key, { shape }]) => [key, shape]);
      assert.deepEqual(shapes, [...stateDictShapes(fixtureModel(name).root)]);
    });
  }

  // Standard deviations of torchvision's rules; a uniform distribution's is its bound over sqrt(3).
  for (const [name, key, deviation] of [
    ['resnet18', 'conv1.weight', Math.sqrt(2 / (64 * 49))],
    ['resnet18', 'layer4.0.downsample.0.weight', Math.sqrt(2 / 512)],
    ['resnet18', 'fc.weight', 1 / Math.sqrt(512 * 3)],
    ['mobilenet_v2', 'features.18.0.weight', Math.sqrt(2 / 1280)],
    ['mobilenet_v2', 'features.17.conv.1.0.weight', Math.sqrt(2 / (960 * 9))],
    ['mobilenet_v2', 'classifier.1.weight', 0.01],
    ['squeezenet1_1', 'features.12.expand3x3.weight', Math.sqrt(2 / (64 * 9))],
    ['squeezenet1_1', 'classifier.1.weight', 0.01],
    ['vggSmall_bn', 'classifier.0.weight', 0.01],
    ['vggSmall_bn', 'features.8.weight', Math.sqrt(2 / (32 * 9))],
    ['efficientnet_lite0', '_conv_head.weight', 1 / Math.sqrt(320 * 3)],
    ['efficientnet_lite0', '_fc.weight', 1 / Math.sqrt(1280 * 3)],
    ['efficientnet_lite0', '_fc.bias', 1 / Math.sqrt(1280 * 3)],
    ['mobilenet_v3_large', 'features.16.0.weight', Math.sqrt(2 / 960)],
    ['mobilenet_v3_large', 'classifier.0.weight', 0.01],
    ['efficientnet_b0', 'features.8.0.weight', Math.sqrt(2 / 1280)],
    ['efficientnet_b0', 'classifier.1.weight', 1 / Math.sqrt(1000 * 3)],
    ['densenet121', 'features.transition1.conv.weight', Math.sqrt(2 / 256)],
    ['densenet121', 'classifier.weight', 1 / Math.sqrt(1024 * 3)],
    ['regnet_y_400mf', 'trunk_output.block4.block4-1.f.b.0.weight', Math.sqrt(2 / (440 * 9))],
    ['regnet_y_400mf', 'trunk_output.block4.block4-1.f.se.fc2.bias', 1 / Math.sqrt(110 * 3)],
    ['regnet_y_400mf', 'fc.weight', 0.01],
    ['convnext_tiny', 'features.1.0.block.0.weight', 0.02],
    ['convnext_tiny', 'classifier.2.weight', 0.02],
    ['vitSmall', 'conv_proj.weight', 1 / Math.sqrt(3 * 16 ** 2)],
    ['vitSmall', 'encoder.pos_embedding', 0.02],
    ['vitSmall', 'encoder.layers.encoder_layer_1.self_attention.in_proj_weight', Math.sqrt(2 / (4 * 48))],
    ['vitSmall', 'encoder.layers.encoder_layer_1.self_attention.out_proj.weight', 1 / Math.sqrt(48 * 3)],
    ['vitSmall', 'encoder.layers.encoder_layer_1.mlp.3.weight', Math.sqrt(2 / (48 + 96))],
    ['vitSmall', 'encoder.layers.encoder_layer_1.mlp.3.bias', 1e-6],
  ] as const) {
    it(`draws ${key} of ${name} with standard deviation ${deviation.toFixed(4)}`, () => {
      const values = floats(weightsOf(name), key);
      const found = deviationOf(values);
      // Three standard errors of a normal distribution's deviation, more than a uniform one's.
      assert.ok(Math.abs(found / deviation - 1) < 3 / Math.sqrt(2 * values.length), `${found}`);
    });
  }

  for (const [name, key] of [
    ['vggSmall_bn', 'features.0.bias'],
    ['vggSmall_bn', 'classifier.6.bias'],
    ['squeezenet1_1', 'features.3.squeeze.bias'],
    ['mobilenet_v2', 'classifier.1.bias'],
    ['efficientnet_b0', 'features.1.0.block.1.fc1.bias'],
    ['densenet121', 'classifier.bias'],
    ['convnext_tiny', 'features.1.0.block.3.bias'],
    ['vitSmall', 'class_token'],
    ['vitSmall', 'encoder.layers.encoder_layer_0.self_attention.in_proj_bias'],
    ['vitSmall', 'heads.head.weight'],
  ] as const) {
    it(`starts ${key} of ${name} at 0`, () =>
      assert.ok(floats(weightsOf(name), key).every(value => value === 0)));
  }

  it('starts batch norm as the identity', () => {
    const weights = weightsOf('resnet18');
    const values = ['weight', 'bias', 'running_mean', 'running_var'].map(
      name => new Set(floats(weights, `layer1.0.bn1.${name}`)),
    );
    assert.deepEqual(values, [new Set([1]), new Set([0]), new Set([0]), new Set([1])]);
    assert.deepEqual(weights.get('bn1.num_batches_tracked')!.data, new BigInt64Array(1));
  });

  it('starts layer norm as the identity, and the branches of ConvNeXt with a millionth of what they make', () => {
    const weights = weightsOf('convnext_tiny');
    const values = ['block.2.weight', 'block.2.bias', 'layer_scale'].map(
      name => new Set(floats(weights, `features.7.2.${name}`)),
    );
    assert.deepEqual(values, [new Set([1]), new Set([0]), new Set([Math.fround(1e-6)])]);
  });

  it('gives the same for the same seed and other values for another', () => {
    const model = smallVgg('vggSmall', 3);
    const first = floats(initialWeights(model, 1), 'features.0.weight');
    assert.deepEqual(floats(initialWeights(model, 1), 'features.0.weight'), first);
    assert.notDeepEqual(floats(initialWeights(model, 2), 'features.0.weight'), first);
  });

  it("starts a replaced head with PyTorch's defaults, and alone as within its model", () => {
    const weights = initialWeights(replaceHead(smallVgg('vggSmall', 1000), 500), 3);
    const alone = initialLayer('classifier.6', linear(32, 500), 3);
    assert.deepEqual(weights.get('classifier.6.weight'), alone.get('classifier.6.weight'));
    assert.deepEqual(weights.get('classifier.6.bias'), alone.get('classifier.6.bias'));
    const values = floats(weights, 'classifier.6.weight');
    const bound = Math.fround(1 / Math.sqrt(32));
    assert.ok(values.every(value => Math.abs(value) <= bound));
    assert.ok(Math.abs(deviationOf(values) / (bound / Math.sqrt(3)) - 1) < 0.02);
  });
});

function floats(weights: StateDict, key: string): Float32Array {
  const tensor = weights.get(key);
  assert.ok(tensor?.dtype === 'float32', key);
  return tensor.data;
}

function deviationOf(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
