import assert from 'node:assert/strict';
import { elementCount, tensorOf, type StateDict } from '../../../src/core/weights/stateDict';
import { compareStateDict, describeMismatch } from '../../../src/core/weights/stateDictMismatch';

const expected = new Map<string, readonly number[]>([
  ['conv1.weight', [4, 3, 3, 3]],
  ['bn1.weight', [4]],
  ['bn1.num_batches_tracked', []],
  ['fc.weight', [2, 4]],
  ['fc.bias', [2]],
]);

function given(shapes: Record<string, readonly number[]>): StateDict {
  return new Map(
    Object.entries(shapes).map(([key, shape]) => [
      key,
      tensorOf(shape, new Float32Array(elementCount(shape)!)),
    ]),
  );
}

const fitting = { 'conv1.weight': [4, 3, 3, 3], 'bn1.weight': [4], 'fc.weight': [2, 4], 'fc.bias': [2] };
const names = { file: 'a.pth', model: 'resnet18' };

describe('compareStateDict', () => {
  it('finds nothing where all fits, and forgives a missing num_batches_tracked', () => {
    const mismatch = compareStateDict(expected, given(fitting), '');
    assert.deepEqual(mismatch, { missing: [], unexpected: [], wrongShape: [] });
    assert.equal(describeMismatch(mismatch, names), undefined);
  });

  it('finds missing keys, unexpected keys and wrong shapes', () => {
    const wrong = given({
      'conv1.weight': [4, 1, 3, 3],
      'fc.weight': [2, 4],
      'fc.bias': [2],
      'extra.bias': [1],
    });
    const mismatch = compareStateDict(expected, wrong, '');
    assert.deepEqual(mismatch, {
      missing: ['bn1.weight'],
      unexpected: ['extra.bias'],
      wrongShape: [{ key: 'conv1.weight', given: [4, 1, 3, 3], expected: [4, 3, 3, 3] }],
    });
    assert.equal(
      describeMismatch(mismatch, names),
      'The weights in a.pth do not fit resnet18: 1 key missing: bn1.weight; 1 key unexpected: extra.bias; ' +
        '1 key of another size: conv1.weight ([4, 1, 3, 3] in the file, [4, 3, 3, 3] in the model).',
    );
  });

  it('excepts the head, and nothing whose name only begins like it', () => {
    const headless = { 'conv1.weight': [4, 3, 3, 3], 'bn1.weight': [4] };
    const mismatch = compareStateDict(
      expected,
      given({ ...headless, 'fc.weight': [1000, 4], 'fc.other': [1], 'fc2.bias': [1] }),
      'fc',
    );
    assert.deepEqual(mismatch, { missing: [], unexpected: ['fc2.bias'], wrongShape: [] });
  });
});

describe('describeMismatch', () => {
  it('names eight keys and counts the rest', () => {
    const missing = Array.from({ length: 60 }, (_, i) => `layer${i}.weight`);
    assert.equal(
      describeMismatch({ missing, unexpected: [], wrongShape: [] }, names),
      `The weights in a.pth do not fit resnet18: 60 keys missing: ${missing.slice(0, 8).join(', ')} and 52 more.`,
    );
  });
});
