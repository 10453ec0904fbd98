import assert from 'node:assert/strict';
import { FeatureCache, gatherFeatures } from '../../../src/core/engine/featureCache';

describe('FeatureCache', () => {
  const layout = { shapes: [[2], [1, 1, 3]], precision: 'float32' } as const;
  const features = (...pictures: number[]) => [
    { shape: [2], values: Float32Array.from(pictures.flatMap(p => [p, p + 0.5])) },
    { shape: [1, 1, 3], values: Float32Array.from(pictures.flatMap(p => [-p, -p, -p])) },
  ];

  it('gives each picture what was kept for it, in whatever order it is asked', async () => {
    const cache = new FeatureCache(layout, 4);
    cache.put([2, 0], features(20, 1));
    cache.put([3, 1], features(30, 10));
    const [first, second] = await gatherFeatures([3, 0, 2], () => cache);
    assert.deepEqual(Array.from(first!.values), [30, 30.5, 1, 1.5, 20, 20.5]);
    assert.deepEqual(Array.from(second!.values), [-30, -30, -30, -1, -1, -1, -20, -20, -20]);
  });

  it('takes each picture from the view that is picked for it', async () => {
    const [plain, flipped] = [new FeatureCache(layout, 2), new FeatureCache(layout, 2)];
    plain.put([0, 1], features(1, 2));
    flipped.put([0, 1], features(100, 200));
    const [first] = await gatherFeatures([1, 0], picture => (picture === 1 ? flipped : plain));
    assert.deepEqual(Array.from(first!.values), [200, 200.5, 1, 1.5]);
  });
});
