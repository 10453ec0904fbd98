import assert from 'node:assert/strict';
import { checkClassCount, replacedLayer } from '../../../src/extension/recipe/classCount';

describe('a typed number of classes', () => {
  const check = (typed: string, dataClasses?: readonly string[]) =>
    checkClassCount(typed, { model: 'resnet18', dataClasses });
  const pets = ['cats', 'dogs', 'fish'];

  it('is taken where it is that of the data, and tells which layer is replaced', () =>
    assert.deepEqual(check(' 3 ', pets), {
      severity: 'info',
      message: 'fc: Linear 512 → 1000 is replaced by Linear 512 → 3, with fresh weights.',
      classes: 3,
    }));

  it('is refused where it is none, or out of range', () => {
    for (const typed of ['1', '0', '-2', '2.5', 'two', '1e3', '0x10', '100001', '2 3']) {
      const { severity, message } = check(typed, pets);
      assert.equal(severity, 'error', typed);
      assert.equal(message, `The number of classes must be a whole number from 2 to 100000, not ${typed}.`);
    }
  });

  it('is refused below that of the data', () =>
    assert.deepEqual(check('2', pets), {
      severity: 'error',
      message: 'The data has 3 classes (cats, dogs, fish): at least 3 outputs are needed.',
      classes: undefined,
    }));

  it('is doubted above that of the data', () => {
    const { severity, message, classes } = check('5', pets);
    assert.deepEqual([severity, classes], ['warning', 5]);
    assert.match(message, /^The data has only 3 classes: 2 outputs would never be right\. fc: Linear/);
  });

  it('follows the data where it is left out', () => {
    assert.equal(check('', pets).classes, undefined);
    assert.match(check('', pets).message, /^As many as the data has, now 3\. fc: .* → 3, with/);
    assert.match(check('').message, /^As many as the data has\. fc: .* → one output for each class/);
  });

  it('is taken without data to compare with', () => assert.equal(check('7').classes, 7));

  it('names the head of each kind of model', () => {
    assert.match(
      replacedLayer('vgg16', 2),
      /^classifier\.6: Linear 4096 → 1000 is replaced by Linear 4096 → 2,/,
    );
    assert.match(
      replacedLayer('squeezenet1_1', 2),
      /^classifier\.1: Conv2d 512 → 1000 is replaced by Conv2d 512 → 2,/,
    );
    assert.equal(replacedLayer('resnet19', 2), '');
    assert.equal(replacedLayer(undefined, 2), '');
  });
});
