import { strict as assert } from 'node:assert';
import { samplePictures } from '../../../src/core/training/samplePictures';

const SAMPLES = Array.from({ length: 100 }, (_, index) => {
  const image = `${String(index).padStart(2, '0')}.png`;
  return { image, file: `/data/${image}`, label: index < 75 ? 0 : index < 99 ? 1 : 2 };
});

describe('some of the pictures', () => {
  it('are all where there are no more', () => assert.equal(samplePictures(SAMPLES, 100, 0), SAMPLES));

  it('are of each class its share, one at least, in their own order', () => {
    const drawn = samplePictures(SAMPLES, 20, 0);
    assert.deepEqual(
      [0, 1, 2].map(label => drawn.filter(sample => sample.label === label).length),
      [15, 4, 1],
    );
    const names = drawn.map(({ image }) => image);
    assert.deepEqual(names, names.toSorted());
  });

  it('are the same for a seed, others for another', () => {
    assert.deepEqual(samplePictures(SAMPLES, 20, 7), samplePictures(SAMPLES, 20, 7));
    assert.notDeepEqual(samplePictures(SAMPLES, 20, 7), samplePictures(SAMPLES, 20, 8));
  });
});
