import assert from 'node:assert/strict';
import { averagingNotes } from '../../../src/core/training/averagingNotes';

describe('what a run says of its average', () => {
  const notes = (decay: number, epochs: number, pictures: number) =>
    averagingNotes({ averaging: { type: 'ema', decay }, epochs, batchSize: 32 }, pictures);

  it('is nothing where it looks back on a third of the steps or less', () => {
    assert.deepEqual(notes(0.99, 30, 320), []);
    assert.deepEqual(averagingNotes({ averaging: undefined, epochs: 1, batchSize: 32 }, 10), []);
  });

  it('is how far it looks back, how many steps there are, and a decay that would suit', () =>
    assert.deepEqual(notes(0.999, 25, 310), [
      'averaging: a decay of 0.999 looks back on about 1,000 steps, and this run takes 250: what is tested and kept stays near the first weights; a decay of 0.96 would suit it.',
    ]));
});
