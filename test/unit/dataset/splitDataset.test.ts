import assert from 'node:assert/strict';
import type { LabelledImage } from '../../../src/core/dataset/scanFolder';
import { splitDataset } from '../../../src/core/dataset/splitDataset';
import { Random } from '../../../src/core/random';
import { UserError } from '../../../src/core/userError';

/** Images of classes, so many of each, in groups if they are given. */
function images(counts: Record<string, number>, group?: (index: number) => string): LabelledImage[] {
  return Object.entries(counts).flatMap(([className, count]) =>
    Array.from({ length: count }, (_, index) => {
      const image = `${className}/${String(index).padStart(4, '0')}.jpg`;
      return { file: `/data/${image}`, image, className, ...(group && { group: group(index) }) };
    }),
  );
}

function counts(list: readonly LabelledImage[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { className } of list) result[className] = (result[className] ?? 0) + 1;
  return result;
}

const names = (list: readonly LabelledImage[]): string[] => list.map(({ image }) => image);

describe('splitting a dataset', () => {
  for (const [share, expected] of [
    [0.2, { a: 20, b: 5, c: 2 }],
    [0.25, { a: 25, b: 6, c: 2 }],
    [0.01, { a: 1, b: 1, c: 1 }],
    [0.99, { a: 99, b: 24, c: 8 }],
  ] as const) {
    it(`holds out ${share} of every class, at least one image and never all`, () => {
      const { train, test } = splitDataset(images({ a: 100, b: 25, c: 9 }), share, 0);
      assert.deepEqual(counts(test), expected);
      assert.equal(train.length + test.length, 134);
      assert.deepEqual([...names(train), ...names(test)].sort(), names(images({ a: 100, b: 25, c: 9 })));
    });
  }

  it('is the same for the same seed, whatever the order of the images', () => {
    const ordered = images({ a: 40, b: 30 });
    const first = splitDataset(ordered, 0.2, 5);
    const shuffled = splitDataset(new Random(1).shuffle([...ordered]), 0.2, 5);
    assert.deepEqual(shuffled, first);
    assert.notDeepEqual(names(splitDataset(ordered, 0.2, 6).test), names(first.test));
  });

  it('draws these images for seed 0, on every machine', () => {
    assert.deepEqual(names(splitDataset(images({ a: 6, b: 6 }), 0.34, 0).test), [
      'a/0003.jpg',
      'a/0005.jpg',
      'b/0004.jpg',
      'b/0005.jpg',
    ]);
  });

  it('draws from all of a class, not from its beginning', () => {
    const drawn = names(splitDataset(images({ a: 100, b: 100 }), 0.2, 0).test);
    const early = drawn.filter(name => Number(name.slice(2, 6)) < 50).length;
    assert.ok(early > 10 && early < 30, `${early} of 40`);
  });

  it('never parts a group, and still comes close to the share of every class', () => {
    const all = images({ a: 200, b: 60 }, index => `patient ${Math.floor(index / 7)}`);
    for (const seed of [0, 1, 2, 3, 4]) {
      const { train, test } = splitDataset(all, 0.2, seed);
      const tested = new Set(test.map(({ group }) => group));
      assert.equal(train.filter(({ group }) => tested.has(group)).length, 0);
      // Groups of 7 of both classes: half a group is as close as one can be sure to come.
      assert.ok(Math.abs(counts(test).a! - 40) <= 4, `${counts(test).a}`);
      assert.ok(Math.abs(counts(test).b! - 12) <= 4, `${counts(test).b}`);
    }
  });

  it('moves whole groups until a small class is in both phases', () => {
    const small = images({ a: 50, b: 6 }, index => `g${index < 3 ? index : `${index}x`}`);
    const grouped = small.map(image =>
      image.className === 'b' ? { ...image, group: image.group! + 'b' } : image,
    );
    const { train, test } = splitDataset(grouped, 0.05, 0);
    assert.deepEqual(counts(test), { a: 2, b: 1 });
    assert.deepEqual(counts(train), { a: 48, b: 5 });
  });

  it('names a class with a single image', () => {
    assert.throws(
      () => splitDataset(images({ a: 10, b: 1 }), 0.2, 0),
      new UserError(
        'The class b cannot be in both the train and the test phase: it has only 1 image; add images of it or leave it out',
      ),
    );
  });

  it('names a class whose images are all of one group', () => {
    const all = [...images({ a: 10 }), ...images({ b: 4 }, () => 'lesion 7')];
    assert.throws(
      () => splitDataset(all, 0.2, 0),
      new UserError(
        'The class b cannot be in both the train and the test phase: its 4 images are all of the group lesion 7; add images of it or leave it out',
      ),
    );
  });
});
