import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { replaceHead } from '../../../src/core/model/replaceHead';
import { countParameters, stateDictShapes } from '../../../src/core/model/stateDictShapes';
import { UserError } from '../../../src/core/userError';

describe('replaceHead', () => {
  const headShapes = (name: string, classes: number) => {
    const shapes = stateDictShapes(replaceHead(findModel(name), classes).root);
    const { head } = findModel(name);
    return [head, shapes.get(`${head}.weight`), shapes.get(`${head}.bias`)];
  };

  for (const [name, head, weight] of [
    ['resnet18', 'fc', [7, 512]],
    ['resnet50', 'fc', [7, 2048]],
    ['vgg16', 'classifier.6', [7, 4096]],
    ['vgg11_bn', 'classifier.6', [7, 4096]],
    ['squeezenet1_1', 'classifier.1', [7, 512, 1, 1]],
    ['mobilenet_v2', 'classifier.1', [7, 1280]],
    ['efficientnet_lite0', '_fc', [7, 1280]],
  ] as const) {
    it(`replaces ${head} of ${name}`, () => assert.deepEqual(headShapes(name, 7), [head, weight, [7]]));
  }

  it('leaves the rest, and the model it was given, as they are', () => {
    const resnet18 = findModel('resnet18');
    assert.equal(countParameters(replaceHead(resnet18, 2).root), 11_177_538);
    assert.equal(countParameters(resnet18.root), 11_689_512);
  });

  for (const classes of [1, 0, -3, 2.5, NaN, 100_001]) {
    it(`refuses ${classes} classes`, () =>
      assert.throws(
        () => replaceHead(findModel('resnet18'), classes),
        new UserError(`The number of classes is ${classes}; it must be a whole number from 2 to 100000.`),
      ));
  }
});
