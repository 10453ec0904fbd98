import assert from 'node:assert/strict';
import { balanceNotes, classWeights, countPerClass } from '../../../src/core/training/classBalance';

describe('classWeights', () => {
  const classes = ['cat', 'dog', 'fox'];

  it('are the ones that make classes of different size count the same', () => {
    assert.deepEqual(classWeights('balanced', classes, [6, 2, 1]), [0.5, 1.5, 3]);
    assert.equal(classWeights(undefined, classes, [6, 2, 1]), undefined);
  });

  it('are nothing for an output that no picture has, which is no class to be made up for', () =>
    assert.deepEqual(classWeights('balanced', [...classes, 'unused 1'], [6, 2, 1, 0]), [0.5, 1.5, 3, 0]));

  it('are those of the recipe, and 1 for classes that it does not name', () =>
    assert.deepEqual(classWeights({ fox: 4, cat: 0 }, classes, [6, 2, 1]), [0, 1, 4]));

  it('names a class that the data does not have, and the nearest', () => {
    const given = (weights: Record<string, number>) => () => classWeights(weights, classes, [6, 2, 1]);
    assert.throws(given({ dogs: 2 }), {
      name: 'UserError',
      message: 'classWeights: the data has no class "dogs"; did you mean "dog"?',
    });
    assert.throws(given({ elephant: 2 }), /no class "elephant"; its classes are cat, dog, fox/);
    assert.throws(given({ cat: 0, dog: 0, fox: 0 }), /all classes weigh 0/);
  });
});

describe('countPerClass', () => {
  it('counts pictures, also none', () => {
    const sample = (label: number) => ({ file: '', image: '', label });
    assert.deepEqual(countPerClass([sample(2), sample(0), sample(2)], 4), [1, 0, 2, 0]);
  });
});

describe('what a run says of the size of its classes', () => {
  const plain = { classWeights: undefined, sampling: 'shuffle' } as const;
  const classes = ['cat', 'dog', 'unused 1'];

  it('is nothing up to three times as many', () =>
    assert.deepEqual(balanceNotes(plain, classes, [299, 100, 0]), []));

  it('has the figures and what mends it', () =>
    assert.deepEqual(balanceNotes(plain, classes, [690, 12, 0]), [
      'The classes are imbalanced: cat has 690 training images, dog 12 (58 to 1); "classWeights": "balanced" or "sampling": "weighted" makes up for it.',
    ]));

  it('is nothing where the recipe makes up for it, and a warning where it does so twice', () => {
    assert.deepEqual(balanceNotes({ ...plain, classWeights: 'balanced' }, classes, [690, 12, 0]), []);
    assert.deepEqual(balanceNotes({ ...plain, sampling: 'weighted' }, classes, [690, 12, 0]), []);
    const both = { classWeights: 'balanced', sampling: 'weighted' } as const;
    assert.match(balanceNotes(both, classes, [9, 8, 0]).join(), /both make up .* favour the small ones/);
  });
});
