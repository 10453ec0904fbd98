import assert from 'node:assert/strict';
import { fineTuneCase, fineTuneCases, SMALL } from '../../../src/core/recipe/fourCases';

describe('the four cases', () => {
  const looksLike = (images: number, similar: boolean) => {
    const { number, freeze, weights } = fineTuneCase({ images, similar });
    return [number, freeze, weights];
  };

  it('1: cats or not, a few hundred photos', () =>
    assert.deepEqual(looksLike(400, true), [1, 'allButHead', 'imagenet']));
  it('2: 341 micrographs', () => assert.deepEqual(looksLike(341, false), [2, 'lowerHalf', 'imagenet']));
  it('3: 10,015 pictures of skin', () => assert.deepEqual(looksLike(10_015, false), [3, 'nothing', 'none']));
  it('4: 4,242 flowers', () => assert.deepEqual(looksLike(4242, true), [4, 'nothing', 'imagenet']));

  it('calls fewer than 2,000 images small', () => {
    assert.equal(SMALL, 2000);
    assert.deepEqual([looksLike(1999, true)[0], looksLike(2000, true)[0]], [1, 4]);
    assert.deepEqual([looksLike(1999, false)[0], looksLike(2000, false)[0]], [2, 3]);
  });

  it('are listed by number', () =>
    assert.deepEqual(
      fineTuneCases.map(({ number }) => number),
      [1, 2, 3, 4],
    ));
});
