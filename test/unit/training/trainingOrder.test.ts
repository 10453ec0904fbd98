import assert from 'node:assert/strict';
import { shuffledOrder, weightedOrder } from '../../../src/core/training/trainingOrder';

describe('the order of the training pictures', () => {
  it('has each of them once, and is another in another epoch and for another seed', () => {
    const order = shuffledOrder(50, 3, 1);
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      Array.from({ length: 50 }, (_, i) => i),
    );
    assert.deepEqual(shuffledOrder(50, 3, 1), order);
    assert.notDeepEqual(shuffledOrder(50, 3, 2), order);
    assert.notDeepEqual(shuffledOrder(50, 4, 1), order);
  });
});

describe('the weighted order of the training pictures', () => {
  // 900 of one class, 90 and 10 of the others.
  const samples = Array.from({ length: 1000 }, (_, i) => ({
    ...{ file: `${i}`, image: `${i}` },
    label: i < 900 ? 0 : i < 990 ? 1 : 2,
  }));
  const order = weightedOrder(samples, 5, 0);
  const picture = (drawn: number) => drawn % samples.length;

  it('has as many draws as there are pictures, of every class about as many', () => {
    assert.equal(order.length, 1000);
    const counts = [0, 0, 0];
    for (const drawn of order) counts[samples[picture(drawn)]!.label]!++;
    // A binomial's deviation is 15 of these.
    for (const count of counts) assert.ok(Math.abs(count - 1000 / 3) < 60, counts.join(' '));
  });

  it('has pictures of a class about equally often', () => {
    const draws = order.map(picture).filter(index => index >= 990);
    const counts = Array.from({ length: 10 }, (_, i) => draws.filter(index => index === 990 + i).length);
    for (const count of counts) assert.ok(count > 12 && count < 60, counts.join(' '));
  });

  it('has a number of its own for each time that a picture comes', () => {
    assert.equal(new Set(order).size, 1000);
    const first = order.filter(drawn => picture(drawn) === 990);
    assert.deepEqual(
      first,
      first.map((_, times) => 990 + 1000 * times),
    );
  });

  it('is the same for the same seed and epoch alone', () => {
    assert.deepEqual(weightedOrder(samples, 5, 0), order);
    assert.notDeepEqual(weightedOrder(samples, 5, 1), order);
    assert.notDeepEqual(weightedOrder(samples, 6, 0), order);
  });
});
