import assert from 'node:assert/strict';
import { findModel, modelNames } from '../../../src/core/model/catalog';
import { describeLayers, type LayerDescription } from '../../../src/core/model/describeLayers';
import { preprocessingFor } from '../../../src/core/model/model';
import { countParameters, stateDictShapes } from '../../../src/core/model/stateDictShapes';
import { publishedImageSize } from '../../../src/core/recipe/publishedImageSize';
import { UserError } from '../../../src/core/userError';
import { architectureFixture } from '../../parity/fixtures';

describe('catalog', () => {
  it('has these models', () => {
    assert.deepEqual(modelNames, [
      ...['resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152'],
      ...['vgg11', 'vgg11_bn', 'vgg13', 'vgg13_bn', 'vgg16', 'vgg16_bn', 'vgg19', 'vgg19_bn'],
      ...['squeezenet1_1', 'densenet121', 'regnet_y_400mf'],
      ...['mobilenet_v2', 'mobilenet_v3_small', 'mobilenet_v3_large'],
      ...['efficientnet_lite0', 'efficientnet_b0', 'efficientnet_b1', 'efficientnet_b2', 'efficientnet_b3'],
      ...['convnext_tiny', 'vit_b_16'],
    ]);
  });

  for (const name of modelNames) {
    describe(name, () => {
      const fixture = architectureFixture(name);
      const model = findModel(name);

      it("has PyTorch's state dict keys and shapes, in order", () => {
        const keys = Array.from(stateDictShapes(model.root), ([key, shape]) => [key, ...shape].join(' '));
        assert.deepEqual(keys, fixture.stateDict);
      });

      it('has as many parameters', () => assert.equal(countParameters(model.root), fixture.parameters));

      it("has PyTorch's modules in order, with their types and output shapes", () => {
        const { children } = describeLayers(model, { freeze: [], imageSize: 224 });
        assert.deepEqual(flatten(children).filter(isModule), fixture.modules);
      });

      it("shows pictures as its published weights' own transform does", () => {
        if (!fixture.published) return assert.equal(name, 'efficientnet_lite0');
        const { preprocessing } = fixture.published;
        assert.deepEqual(preprocessingFor(model, publishedImageSize(name)), preprocessing);
      });

      it('names its head', () => {
        const head = fixture.stateDict.find(line => line.startsWith(`${model.head}.weight 1000 `));
        assert.ok(head, `${model.head} of ${name}`);
      });
    });
  }

  it('suggests the nearest name', () => {
    assert.throws(
      () => findModel('resnet19'),
      new UserError('There is no model "resnet19"; did you mean "resnet18"?'),
    );
  });

  it('lists the models when no name is near', () => {
    assert.throws(
      () => findModel('transformer'),
      /There is no model "transformer"; the models are resnet18, .*vit_b_16\.$/,
    );
  });

  it('cuts images as torchvision does, whatever their size', () => {
    const imagenet = { interpolation: 'bilinear', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
    assert.deepEqual(preprocessingFor(findModel('vgg16'), 224), { resize: 256, crop: 224, ...imagenet });
    assert.deepEqual(preprocessingFor(findModel('vgg16'), 96), { resize: 110, crop: 96, ...imagenet });
  });

  it('brings pixels to (255 x - 127) / 128 for EfficientNet-Lite0', () => {
    const { mean, std } = preprocessingFor(findModel('efficientnet_lite0'), 224);
    assert.deepEqual(
      [...mean, ...std],
      [...Array<number>(3).fill(127 / 255), ...Array<number>(3).fill(128 / 255)],
    );
  });
});

/** In PyTorch parameters of a module with children are no modules. */
function isModule(line: string): boolean {
  return !/ (Parameter|InProjection)( |$)/.test(line);
}

function flatten(layers: readonly LayerDescription[]): readonly string[] {
  return layers.flatMap(({ path, type, outputShape, children }) => [
    `${path} ${type} ${outputShape.join('x')}`.trimEnd(),
    ...flatten(children),
  ]);
}
